using System.Buffers;

namespace Transports.Requests;

/// <summary>A reply, copied out of the connection's buffer: into an array of its own, or into a rented one.</summary>
internal readonly struct RequestReply
{
    private readonly byte[] _buffer;
    private readonly int _length;

    private RequestReply(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <param name="message">What the connection gave; valid until its next receive.</param>
    /// <param name="rented">The reader will call <see cref="Return"/>.</param>
    public static RequestReply Copy(ReadOnlySpan<byte> message, bool rented)
    {
        var buffer = rented ? ArrayPool<byte>.Shared.Rent(message.Length) : new byte[message.Length];
        message.CopyTo(buffer);
        return new RequestReply(buffer, message.Length);
    }

    public void Return() => ArrayPool<byte>.Shared.Return(_buffer);
}

using System.Buffers;

namespace Transports.Testing;

/// <summary>Records the replies of a <see cref="TestMessageContext"/>.</summary>
internal sealed class TestMessageWriter(TestConnection connection) : MessageWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly List<byte[]> _sent = [];
    private bool _ended;

    public IReadOnlyList<byte[]> Sent => _sent;

    public int UnsentBytes => _buffer.WrittenCount;

    public override ValueTask SendAsync(CancellationToken cancellationToken = default)
    {
        var message = Alive().WrittenSpan.ToArray();
        _buffer.ResetWrittenCount();
        connection.Record(message);
        _sent.Add(message);
        return default;
    }

    public override void Advance(int count) => Alive().Advance(count);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfTooLong();
        return Alive().GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        ThrowIfTooLong();
        return Alive().GetSpan(sizeHint);
    }

    public void End() => _ended = true;

    /// <summary>As in a transport: who goes on writing past the limit hears of it before the message is sent.</summary>
    private void ThrowIfTooLong()
    {
        var length = _buffer.WrittenCount;
        if (length > connection.MaxMessageBytes)
        {
            _buffer.ResetWrittenCount();
            throw new MessageTooLongException(length, connection.MaxMessageBytes);
        }
    }

    private ArrayBufferWriter<byte> Alive()
    {
        MessageLifetime.ThrowIfEnded(_ended);
        return _buffer;
    }
}

using System.Net;

namespace Transports;

/// <summary>
/// A stream as the proxy told of it: with the client's endpoints, and first the bytes that came along with the header.
/// </summary>
internal sealed class ProxiedByteStream(
    ByteStream inner, EndPoint localEndPoint, EndPoint remoteEndPoint, ReadOnlyMemory<byte> first) : ByteStream
{
    private ReadOnlyMemory<byte> _first = first;

    public override EndPoint LocalEndPoint => localEndPoint;

    public override EndPoint RemoteEndPoint => remoteEndPoint;

    public override ValueTask WaitForDataAsync(CancellationToken cancellationToken) =>
        _first.IsEmpty ? inner.WaitForDataAsync(cancellationToken) : default;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_first.IsEmpty)
        {
            return inner.ReceiveAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _first.Length);
        _first.Span[..count].CopyTo(buffer.Span);
        _first = count == _first.Length ? default : _first[count..];
        return new ValueTask<int>(count);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => inner.SendAsync(bytes);

    internal override bool TryGather(ReadOnlySpan<byte> bytes, StreamOutput output) => inner.TryGather(bytes, output);

    public override ValueTask CompleteSendsAsync() => inner.CompleteSendsAsync();

    public override void Abort() => inner.Abort();

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}

using System.Net;

namespace Transports;

/// <summary>One end of a connection in memory.</summary>
internal sealed class MemoryByteStream(
    EndPoint localEndPoint, EndPoint remoteEndPoint, MemoryPipe incoming, MemoryPipe outgoing) : ByteStream
{
    public override EndPoint LocalEndPoint { get; } = localEndPoint;

    public override EndPoint RemoteEndPoint { get; } = remoteEndPoint;

    public override ValueTask WaitForDataAsync(CancellationToken cancellationToken) =>
        incoming.WaitReadableAsync(cancellationToken);

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var waiting = incoming.WaitReadableAsync(cancellationToken);
        return waiting.IsCompletedSuccessfully
            ? new ValueTask<int>(incoming.Read(buffer.Span))
            : ReceiveLaterAsync(waiting, buffer);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => outgoing.WriteAsync(bytes);

    public override ValueTask CompleteSendsAsync()
    {
        outgoing.Complete();
        return default;
    }

    public override void Abort()
    {
        incoming.Break(CloseReason.RemoteReset);
        outgoing.Break(CloseReason.RemoteReset);
    }

    /// <summary>As with a socket: the peer may still read what was sent, and gets a reset if it sends more.</summary>
    public override ValueTask DisposeAsync()
    {
        incoming.Break(CloseReason.RemoteReset);
        outgoing.Complete();
        return default;
    }

    private async ValueTask<int> ReceiveLaterAsync(ValueTask waiting, Memory<byte> buffer)
    {
        await waiting.ConfigureAwait(false);
        return incoming.Read(buffer.Span);
    }
}

using System.Net;
using System.Threading.Channels;

namespace Transports;

/// <summary>Where connections in memory arrive.</summary>
internal sealed class MemoryByteStreamListener(InMemoryEndPoint endPoint, Action<InMemoryEndPoint> unregister)
    : IByteStreamListener
{
    /// <summary>As many connections may wait to be accepted as a socket's backlog would hold.</summary>
    private const int Backlog = 512;

    private readonly Channel<ByteStream> _arrived = Channel.CreateBounded<ByteStream>(
        new BoundedChannelOptions(Backlog) { SingleReader = true, AllowSynchronousContinuations = true });

    public EndPoint LocalEndPoint => endPoint;

    /// <summary>False when the backlog is full or the listener has stopped.</summary>
    public bool TryOffer(ByteStream stream) => _arrived.Writer.TryWrite(stream);

    public ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken) =>
        _arrived.Reader.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        unregister(endPoint);
        _arrived.Writer.TryComplete();
        while (_arrived.Reader.TryRead(out var stream))
        {
            stream.Abort();
        }

        return default;
    }
}

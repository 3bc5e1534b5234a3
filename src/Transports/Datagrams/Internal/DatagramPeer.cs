using System.Net;

namespace Transports;

/// <summary>
/// A peer of a listener, seen as a connection: sends go through the listener's channel. There is nothing to close, so
/// any number of these may stand for one peer.
/// </summary>
internal sealed class DatagramPeer(
    string id,
    EndPoint localEndPoint,
    EndPoint remoteEndPoint,
    SocketAddress address,
    DatagramSender sender,
    int maxMessageBytes,
    Task listenerCompletion) : IConnection
{
    private readonly TaskCompletionSource<CloseReason> _completion =
        new(Continuations.Options);

    private int _watched;

    public string Id => id;

    public EndPoint LocalEndPoint => localEndPoint;

    public EndPoint RemoteEndPoint => remoteEndPoint;

    public Task<CloseReason> Completion
    {
        get
        {
            // Only a view that is asked is kept by the listener until it ends.
            if (Interlocked.Exchange(ref _watched, 1) == 0)
            {
                _ = WatchAsync();
            }

            return _completion.Task;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (message.Length > maxMessageBytes)
        {
            throw new MessageTooLongException(message.Length, maxMessageBytes);
        }

        if (_completion.Task.IsCompletedSuccessfully)
        {
            throw new ConnectionClosedException(_completion.Task.Result);
        }

        cancellationToken.ThrowIfCancellationRequested();
        sender.ThrowIfEnded();
        var datagram = sender.Rent(message.Length);
        message.CopyTo(datagram.Buffer);
        datagram.Length = message.Length;
        datagram.CopyAddress(address);
        await sender.SendAsync(datagram).ConfigureAwait(false);
    }

    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default) =>
        throw ReceivesNothing();

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default) =>
        throw ReceivesNothing();

    public void Abort() => _completion.TrySetResult(CloseReason.Aborted);

    public ValueTask DisposeAsync()
    {
        _completion.TrySetResult(CloseReason.LocalClosed);
        return default;
    }

    private static InvalidOperationException ReceivesNothing() =>
        new("The messages of this peer go to the listener's handler.");

    private async Task WatchAsync()
    {
        await listenerCompletion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _completion.TrySetResult(
            listenerCompletion.IsFaulted ? CloseReason.TransportFailed : CloseReason.ShuttingDown);
    }
}

using System.Net;
using Transports.Diagnostics;

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
    DropCounter drops,
    Task listenerCompletion) : IConnection
{
    private readonly TaskCompletionSource<CloseReason> _completion =
        new(Continuations.Options);

    private long _allowance;
    private int _watched;

    public required int MaxMessageBytes { get; init; }

    /// <summary>The address of this machine that the peer knows; 0 leaves it to the system.</summary>
    public required UInt128 LocalAddress { get; init; }

    /// <summary>What a datagram weighs on its way besides its payload.</summary>
    public required int HeaderBytes { get; init; }

    /// <summary>What may be sent until the peer has shown that it is there.</summary>
    public required long Allowance
    {
        init => _allowance = value;
    }

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
        if (message.Length > MaxMessageBytes)
        {
            throw new MessageTooLongException(message.Length, MaxMessageBytes);
        }

        if (_completion.Task.IsCompletedSuccessfully)
        {
            throw new ConnectionClosedException(_completion.Task.Result);
        }

        cancellationToken.ThrowIfCancellationRequested();
        sender.ThrowIfEnded();
        if (!TrySpend(message.Length))
        {
            drops.Drop(DropReason.ReplyWithheld);
            return;
        }

        var datagram = sender.Rent(message.Length);
        message.CopyTo(datagram.Buffer);
        datagram.Length = message.Length;
        datagram.CopyAddress(address);
        datagram.LocalAddress = LocalAddress;
        await sender.SendAsync(datagram).ConfigureAwait(false);
    }

    /// <summary>The peer has shown that it receives what is sent to its address.</summary>
    public void Confirm() => Volatile.Write(ref _allowance, long.MaxValue);

    /// <summary>False when a message of that length is more than what the peer sent allows.</summary>
    public bool TrySpend(int length)
    {
        while (true)
        {
            var allowance = Volatile.Read(ref _allowance);
            if (allowance == long.MaxValue)
            {
                return true;
            }

            var rest = allowance - length - HeaderBytes;
            if (rest < 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _allowance, rest, allowance) == allowance)
            {
                return true;
            }
        }
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

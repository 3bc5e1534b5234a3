using System.Net;
using System.Net.Sockets;
using Transports.Diagnostics;

namespace Transports;

/// <summary>The client's side: sends to one peer, and queues what it sends back until somebody receives it.</summary>
internal sealed class DatagramConnection : IConnection, IBatchHandler
{
    // A system takes datagrams in no time, unless its network has stopped; then they are lost.
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    private readonly DatagramEnvironment _environment;
    private readonly SocketAddress _remote;
    private readonly bool _hearsOthers;
    private readonly DropCounter _drops;
    private readonly Datagram[] _slots;
    private readonly ReceiveLoop _loop;
    private readonly ReceiveQueue _queue;
    private readonly DatagramOutput _output;
    private readonly TaskCompletionSource<CloseReason> _completion =
        new(Continuations.Options);

    private CloseReason _reason;

    // 0 open, 1 closing, and -1 for the moment in which the reason is written.
    private int _closing;

    private DatagramConnection(DatagramChannel channel, EndPoint remoteEndPoint, DatagramEnvironment environment)
    {
        _environment = environment;
        _remote = remoteEndPoint.Serialize();
        _hearsOthers = channel.RemoteEndPoint is null;
        Id = environment.NextId();
        LocalEndPoint = channel.LocalEndPoint;
        RemoteEndPoint = remoteEndPoint;
        _drops = new DropCounter(environment, LocalEndPoint);
        _queue = new ReceiveQueue(environment.Options.ReceiveQueueBytes, environment.Options.BufferPool);
        _output = new DatagramOutput(channel, environment, _remote, _drops);
        _slots = new Datagram[channel.BatchSize];
        for (var index = 0; index < _slots.Length; index++)
        {
            _slots[index] = channel.NewSlot(environment.Options);
        }

        _loop = new ReceiveLoop(channel, environment, _slots, this);
    }

    public string Id { get; }

    public EndPoint LocalEndPoint { get; }

    public EndPoint RemoteEndPoint { get; }

    public Task<CloseReason> Completion => _completion.Task;

    private bool IsClosing => Volatile.Read(ref _closing) > 0;

    public static DatagramConnection Start(
        DatagramChannel channel, EndPoint remoteEndPoint, DatagramEnvironment environment)
    {
        var connection = new DatagramConnection(channel, remoteEndPoint, environment);
        environment.Metrics.ConnectionOpened();
        TransportLog.ConnectionOpened(environment.Logger, connection.Id, remoteEndPoint);
        connection._loop.Start(cause => connection.Close(CloseReason.TransportFailed, cause));
        return connection;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (message.Length > _environment.Options.MaxMessageBytes)
        {
            throw new MessageTooLongException(message.Length, _environment.Options.MaxMessageBytes);
        }

        ThrowIfClosing();
        cancellationToken.ThrowIfCancellationRequested();
        for (var isRetry = false; ; isRetry = true)
        {
            try
            {
                await _output.SendAsync(message, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (ReceiveFaults.IsUnreachable(exception))
            {
                // Not about this datagram, but about an earlier one, and reported once: this one has not left yet.
                _loop.CountUnreachable(exception);
                if (isRetry)
                {
                    return;
                }
            }
            catch (Exception exception) when (IsClosing && exception is ObjectDisposedException or SocketException)
            {
                throw new ConnectionClosedException(_reason, innerException: exception);
            }
            catch (SocketException exception)
            {
                throw SocketErrors.OnDatagram(exception, message.Length);
            }
        }
    }

    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default) =>
        _queue.ReceiveAsync(cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default) =>
        ReceiveSequence.ReadAllAsync(this, cancellationToken);

    public void Abort() => Close(CloseReason.Aborted);

    public async ValueTask DisposeAsync()
    {
        Close(CloseReason.LocalClosed);
        await _completion.Task.ConfigureAwait(false);
        _queue.Discard(_reason);
    }

    ValueTask<bool> IBatchHandler.HandleAsync(int count)
    {
        _output.Answered();
        foreach (var datagram in _slots.AsSpan(0, count))
        {
            if (Take(datagram) is { } reason && !IsClosing)
            {
                _drops.Drop(reason);
            }
        }

        return new ValueTask<bool>(true);
    }

    /// <summary>Null when it was queued, else why not.</summary>
    private DropReason? Take(Datagram datagram)
    {
        if (datagram.IsTruncated)
        {
            return DropReason.Truncated;
        }

        if (datagram.Length > _environment.Options.MaxMessageBytes)
        {
            return DropReason.TooLong;
        }

        if (_hearsOthers && !PeerAddress.IsSame(datagram.Address, _remote))
        {
            return DropReason.UnexpectedSender;
        }

        if (!_queue.TryEnqueue(datagram.Payload.Span))
        {
            return DropReason.ReceiveQueueFull;
        }

        _environment.Metrics.Received(1, datagram.Length);
        return null;
    }

    private void ThrowIfClosing()
    {
        if (IsClosing)
        {
            throw new ConnectionClosedException(_reason);
        }
    }

    private void Close(CloseReason reason, Exception? cause = null)
    {
        // The reason is there before anybody can see that it is closing.
        if (Interlocked.CompareExchange(ref _closing, -1, 0) == 0)
        {
            _reason = reason;
            Volatile.Write(ref _closing, 1);
            _ = CloseOnceAsync(reason, cause);
        }
    }

    private async Task CloseOnceAsync(CloseReason reason, Exception? cause)
    {
        _queue.Complete(reason);
        if (reason == CloseReason.LocalClosed)
        {
            await _output.FlushAsync(FlushTimeout, _environment.TimeProvider).ConfigureAwait(false);
        }

        _output.Discard();
        await _loop.CloseAsync().ConfigureAwait(false);
        await _loop.Ended.ConfigureAwait(false);
        _environment.Metrics.ConnectionClosed(reason);
        TransportLog.ConnectionClosed(_environment.Logger, Id, reason, cause);
        _completion.TrySetResult(reason);
    }
}

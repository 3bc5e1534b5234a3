using System.Net;
using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>
/// What a client sends to its one peer. A datagram leaves at once, on its sender's thread; those that come while one is
/// being sent, or in a quick row, are gathered and leave together.
/// </summary>
/// <remarks>
/// A row is a burst after <see cref="BurstAfter"/> sends at intervals below <see cref="BurstInterval"/>. What is
/// gathered then leaves as soon as the thread pool has a thread for it, or there is no room for more. Its sender does
/// not learn of an error: the datagram counts as lost, as it would on the way. Only a channel that sends from memory
/// that does not move gathers; for any other it would be a copy that gains nothing.
/// </remarks>
internal sealed partial class DatagramOutput(
    DatagramChannel channel, DatagramEnvironment environment, SocketAddress remote, DropCounter drops)
    : IThreadPoolWorkItem
{
    private const int BurstAfter = 8;
    private const int MaxGathered = 128;

    private static readonly TimeSpan BurstInterval = TimeSpan.FromMicroseconds(50);
    private static readonly ObjectPool<GatheredDatagrams> Pool = new(static () => new(MaxGathered), 8);

    private readonly Lock _gate = new();

    private Datagram? _alone = new(default, remote);
    private GatheredDatagrams? _gathered;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _flushed;
    private State _state;
    private bool _isScheduled;
    private bool _isDiscarded;
    private long _lastSent;
    private int _inARow;

    private enum State
    {
        Idle,

        /// <summary>Somebody is sending, and will take along what is gathered meanwhile.</summary>
        Sending,

        /// <summary>What is gathered waits for the pool's thread, or for whoever finds no room.</summary>
        Corked,
    }

    /// <summary>Something was received: the peer answers, and the next send is no burst.</summary>
    public void Answered() => _inARow = 0;

    /// <summary>Sends, or gathers what others will send.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!channel.TakesPinned)
        {
            return SendByItselfAsync(message, cancellationToken);
        }

        lock (_gate)
        {
            if (_state != State.Idle)
            {
                return TryGather(message.Span) ? default : GatherLaterAsync(message, cancellationToken);
            }

            _state = State.Sending;
        }

        return SendFirstAsync(message, cancellationToken);
    }

    /// <summary>Ends when everything has left, or the time is over.</summary>
    public async ValueTask FlushAsync(TimeSpan timeout, TimeProvider timeProvider)
    {
        Task flushed;
        bool isMine;
        lock (_gate)
        {
            if (_state == State.Idle)
            {
                return;
            }

            isMine = TryUncork();
            _flushed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            flushed = _flushed.Task;
        }

        if (isMine)
        {
            _ = DrainAsync().AsTask();
        }

        await flushed.WaitAsync(timeout, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>What is gathered does not leave any more.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            _isDiscarded = true;
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            _isScheduled = false;
            if (!TryUncork())
            {
                return;
            }
        }

        _ = DrainAsync().AsTask();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendByItselfAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        // Any number may be at this at once: one datagram serves nearly all the time.
        var datagram = Interlocked.Exchange(ref _alone, null) ?? new Datagram(default, remote);
        datagram.Borrow(message);
        try
        {
            await channel.SendAsync(datagram.Alone, cancellationToken).ConfigureAwait(false);
            environment.Metrics.Sent(1, message.Length);
        }
        finally
        {
            datagram.Borrow(default);
            Volatile.Write(ref _alone, datagram);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendFirstAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            await SendByItselfAsync(message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!TryCork())
            {
                await DrainAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask GatherLaterAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? room = null;
            lock (_gate)
            {
                if (_state == State.Idle)
                {
                    _state = State.Sending;
                    break;
                }

                if (TryGather(message.Span))
                {
                    return;
                }

                if (!TryUncork())
                {
                    _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    room = _room.Task;
                }
            }

            if (room is not null)
            {
                await room.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            // Full before the pool had a thread. This one sends; what follows belongs to the burst still.
            await SendGatheredAsync().ConfigureAwait(false);
            lock (_gate)
            {
                Cork();
            }
        }

        await SendFirstAsync(message, cancellationToken).ConfigureAwait(false);
    }

    // The caller of each of these holds the gate, but for TryCork.
    private bool TryGather(ReadOnlySpan<byte> message) =>
        (_gathered ??= Pool.Rent()).TryAdd(message, remote);

    private bool TryUncork()
    {
        if (_state != State.Corked)
        {
            return false;
        }

        _state = State.Sending;
        return true;
    }

    private void Cork()
    {
        _state = State.Corked;
        if (!_isScheduled)
        {
            _isScheduled = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>True in a burst: what comes next is gathered, and nobody need be sending.</summary>
    private bool TryCork()
    {
        var now = environment.TimeProvider.GetTimestamp();
        _inARow = environment.TimeProvider.GetElapsedTime(_lastSent, now) < BurstInterval ? _inARow + 1 : 0;
        _lastSent = now;
        if (_inARow < BurstAfter)
        {
            return false;
        }

        lock (_gate)
        {
            Cork();
        }

        return true;
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Threading.Tasks.Sources;

namespace Transports;

/// <summary>
/// Messages that have arrived and that nobody has received yet: one producer (the receive loop), one consumer.
/// </summary>
/// <remarks>
/// Two buffers: the producer appends to one under the lock, the consumer drains the other without it, and they change
/// places when the consumer's is empty. So a payload stays valid until the next receive, and nothing is allocated per
/// message. Each entry is four bytes of length and the payload.
/// </remarks>
internal sealed class ReceiveQueue(int capacityBytes, ArrayPool<byte> pool) : IValueTaskSource<ReadOnlyMemory<byte>>
{
    private const int LengthBytes = sizeof(int);

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _waiter = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private byte[] _filling = [];
    private int _filled;
    private byte[] _draining = [];
    private int _drained;
    private int _drainEnd;
    private bool _waiting;
    private int _receiving;
    private volatile bool _discarded;
    private CloseReason? _ended;
    private TaskCompletionSource? _room;

    /// <summary>
    /// Appends a message unless the queue is full or has ended. An empty queue takes any one message.
    /// </summary>
    public bool TryEnqueue(ReadOnlySpan<byte> message)
    {
        var wake = false;
        lock (_gate)
        {
            if (_ended is not null || (_filled > 0 && _filled + LengthBytes + message.Length > capacityBytes))
            {
                return false;
            }

            Append(message);
            wake = StopWaiting();
        }

        if (wake)
        {
            Wake();
        }

        return true;
    }

    /// <summary>
    /// Appends a message, waiting for room; false when the queue has ended. Not for two callers at once.
    /// </summary>
    public ValueTask<bool> EnqueueAsync(ReadOnlyMemory<byte> message) =>
        TryEnqueue(message.Span) ? new ValueTask<bool>(true) : WaitForRoomAsync(message);

    /// <summary>No more messages come: the consumer gets what is queued, then <paramref name="reason"/>.</summary>
    public void Complete(CloseReason reason)
    {
        bool wake;
        TaskCompletionSource? room;
        lock (_gate)
        {
            _ended ??= reason;
            wake = StopWaiting();
            room = _room;
            _room = null;
            if (_filled == 0)
            {
                Release(ref _filling);
            }
        }

        room?.TrySetResult();
        if (wake)
        {
            Wake();
        }
    }

    /// <summary>Ends the queue and drops what is in it; the payload that was handed out last becomes invalid.</summary>
    public void Discard(CloseReason reason)
    {
        Complete(reason);
        _discarded = true;

        // Whoever is receiving now comes back here when it has done.
        if (Interlocked.Exchange(ref _receiving, 1) == 0)
        {
            lock (_gate)
            {
                Release(ref _filling);
                Release(ref _draining);
                (_filled, _drained, _drainEnd) = (0, 0, 0);
            }

            Volatile.Write(ref _receiving, 0);
        }
    }

    /// <summary>Takes the next message; valid until the next call.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadOnlyMemory<byte>>(cancellationToken);
        }

        if (Interlocked.Exchange(ref _receiving, 1) != 0)
        {
            throw new InvalidOperationException("A receive is pending already.");
        }

        if (_drained == _drainEnd && !Swap(cancellationToken, out var ended))
        {
            return ended ? throw EndReceive() : new ValueTask<ReadOnlyMemory<byte>>(this, _waiter.Version);
        }

        var message = Take();
        Volatile.Write(ref _receiving, 0);
        return new ValueTask<ReadOnlyMemory<byte>>(message);
    }

    ReadOnlyMemory<byte> IValueTaskSource<ReadOnlyMemory<byte>>.GetResult(short token)
    {
        try
        {
            // Throws if the wait was cancelled. Otherwise there is a message, or the end has come.
            _waiter.GetResult(token);
            _registration.Dispose();
            return !_discarded && Swap(CancellationToken.None, out _)
                ? Take()
                : throw new ConnectionClosedException(_ended!.Value);
        }
        finally
        {
            Interlocked.Exchange(ref _receiving, 0);
            if (_discarded)
            {
                Discard(_ended!.Value);
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ReadOnlyMemory<byte>>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<ReadOnlyMemory<byte>>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private ReadOnlyMemory<byte> Take()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(_draining.AsSpan(_drained));
        var message = _draining.AsMemory(_drained + LengthBytes, length);
        _drained += LengthBytes + length;
        return message;
    }

    /// <summary>
    /// Takes over what has been filled. False when there is nothing: then either the queue has ended, or the waiter is
    /// armed and the next message or the end will set it.
    /// </summary>
    private bool Swap(CancellationToken cancellationToken, out bool ended)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            (_drained, _drainEnd) = (0, 0);
            ended = _filled == 0 && _ended is not null;
            if (_filled > 0)
            {
                (_filling, _draining) = (_draining, _filling);
                (_drainEnd, _filled) = (_filled, 0);
            }
            else
            {
                // Nothing is held while nothing is queued.
                Release(ref _draining);
                _waiting = !ended;
                _waiter.Reset();
            }

            (room, _room) = (_room, null);
        }

        room?.TrySetResult();
        if (_drainEnd == 0 && !ended && cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (queue, token) => ((ReceiveQueue)queue!).Cancel(token), this);
        }

        return _drainEnd > 0;
    }

    private async ValueTask<bool> WaitForRoomAsync(ReadOnlyMemory<byte> message)
    {
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (_ended is not null)
                {
                    return false;
                }

                _room ??= new TaskCompletionSource();
                room = _filled == 0 ? Task.CompletedTask : _room.Task;
            }

            await room.ConfigureAwait(false);
            if (TryEnqueue(message.Span))
            {
                return true;
            }
        }
    }

    private void Append(ReadOnlySpan<byte> message)
    {
        var needed = _filled + LengthBytes + message.Length;
        if (_filling.Length < needed)
        {
            var larger = pool.Rent(needed);
            _filling.AsSpan(0, _filled).CopyTo(larger);
            Release(ref _filling);
            _filling = larger;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_filling.AsSpan(_filled), message.Length);
        message.CopyTo(_filling.AsSpan(_filled + LengthBytes));
        _filled = needed;
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        bool wake;
        lock (_gate)
        {
            wake = StopWaiting();
        }

        if (wake)
        {
            _waiter.RunContinuationsAsynchronously = !Continuations.AreInline;
            _waiter.SetException(new OperationCanceledException(cancellationToken));
        }
    }

    private bool StopWaiting()
    {
        var was = _waiting;
        _waiting = false;
        return was;
    }

    private void Wake()
    {
        if (!Continuations.TryQueue(static queue => ((ReceiveQueue)queue!).WakeNow(inline: true), this))
        {
            WakeNow(inline: false);
        }
    }

    private void WakeNow(bool inline)
    {
        _waiter.RunContinuationsAsynchronously = !inline;
        _waiter.SetResult(true);
    }

    private ConnectionClosedException EndReceive()
    {
        Volatile.Write(ref _receiving, 0);
        return new ConnectionClosedException(_ended.GetValueOrDefault());
    }

    private void Release(ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            pool.Return(buffer);
        }

        buffer = [];
    }
}

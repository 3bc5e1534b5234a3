using System.Runtime.ExceptionServices;

namespace Transports.Testing;

/// <summary>Messages that are under way in one direction, each until it is due.</summary>
internal sealed class DelayLine(LinkModel model, bool isReliable, TimeProvider timeProvider)
{
    private const int MaxAttempts = 10;
    private const long FirstTimeoutTicks = 200 * TimeSpan.TicksPerMillisecond;
    private const long MaxTimeoutTicks = 10 * TimeSpan.TicksPerSecond;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<byte[], (long DueTicks, long Order)> _messages = new();
    private readonly long _start = timeProvider.GetTimestamp();
    private TaskCompletionSource _changed = NewSignal();
    private Exception? _end;
    private long _packetNumber;
    private long _order;
    private long _lastDueTicks;

    private bool IsFull => _messages.Count >= model.Conditions.MaxQueuedPackets;

    private long NowTicks => timeProvider.GetElapsedTime(_start).Ticks;

    /// <summary>Puts a message on the line; a reliable one waits for room.</summary>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        while (!TryAdd(message.Span, out var changed))
        {
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the next message when it is due. Throws why the line has ended once it is empty.</summary>
    public async ValueTask<byte[]> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(out var message, out var wait, out var changed))
            {
                return message;
            }

            await changed.WaitAsync(wait, timeProvider, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Lets nothing more on the line. The first cause wins.</summary>
    public void End(Exception reason)
    {
        lock (_gate)
        {
            _end ??= reason;
            Changed();
        }
    }

    private static TaskCompletionSource NewSignal() => new(Continuations.Options);

    private bool TryAdd(ReadOnlySpan<byte> message, out Task changed)
    {
        lock (_gate)
        {
            changed = _changed.Task;
            if (_end is not null)
            {
                ExceptionDispatchInfo.Throw(_end);
            }

            if (isReliable && IsFull)
            {
                return false;
            }

            if (isReliable)
            {
                AddReliable(message);
            }
            else
            {
                AddUnreliable(message);
            }

            return true;
        }
    }

    /// <summary>Nothing is lost: each loss costs a retransmission's wait, and order is kept.</summary>
    private void AddReliable(ReadOnlySpan<byte> message)
    {
        var fate = Admit(message.Length).Original;
        var timeout = FirstTimeoutTicks;
        long waited = 0;
        for (var attempt = 1; attempt < MaxAttempts && fate is not { IsDelivered: true, IsDamaged: false }; attempt++)
        {
            waited += timeout;
            timeout = Math.Min(2 * timeout, MaxTimeoutTicks);
            fate = Admit(message.Length).Original;
        }

        _lastDueTicks = Math.Max(_lastDueTicks, fate.DueTicks + waited);
        Add(message.ToArray(), _lastDueTicks);
    }

    private void AddUnreliable(ReadOnlySpan<byte> message)
    {
        var admission = Admit(message.Length);
        if (admission.HasCopy)
        {
            Add(message, admission.Copy, isCopy: true);
        }

        Add(message, admission.Original, isCopy: false);
    }

    private Admission Admit(int bytes) => model.Admit(++_packetNumber, bytes, headerBytes: 0, NowTicks);

    private void Add(ReadOnlySpan<byte> message, PacketFate fate, bool isCopy)
    {
        if (!fate.IsDelivered || (fate.IsCorrupt && model.Conditions.DropCorrupt) || IsFull)
        {
            return;
        }

        var payload = message[..fate.PayloadBytes].ToArray();
        if (fate.IsCorrupt)
        {
            model.Corrupt(payload, _packetNumber, isCopy);
        }

        Add(payload, fate.DueTicks);
    }

    private void Add(byte[] payload, long dueTicks)
    {
        _messages.Enqueue(payload, (dueTicks, ++_order));
        Changed();
    }

    private bool TryTake(out byte[] message, out TimeSpan wait, out Task changed)
    {
        lock (_gate)
        {
            changed = _changed.Task;
            wait = Timeout.InfiniteTimeSpan;
            if (!_messages.TryPeek(out message!, out var place))
            {
                if (_end is not null)
                {
                    ExceptionDispatchInfo.Throw(_end);
                }

                return false;
            }

            var left = TimeSpan.FromTicks(place.DueTicks - NowTicks);
            if (left <= TimeSpan.Zero)
            {
                _messages.Dequeue();
                Changed();
                return true;
            }

            // The system's timers count milliseconds: a shorter wait would spin.
            wait = left < LongestWait ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestWait;
            return false;
        }
    }

    private void Changed()
    {
        var changed = _changed;
        _changed = NewSignal();
        if (!Continuations.TryQueue(static changed => ((TaskCompletionSource)changed!).TrySetResult(), changed))
        {
            changed.TrySetResult();
        }
    }
}

namespace Transports.Testing;

/// <summary>A timer of <see cref="VirtualTimeProvider"/>, which guards what is settable here with its lock.</summary>
internal sealed class VirtualTimer(
    VirtualTimeProvider time, LocalClock? clock, TimerCallback callback, object? state)
    : ITimer, IComparable<VirtualTimer>
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // How many callbacks run, and one more until the timer is disposed: at zero nothing can run any more.
    private int _users = 1;

    /// <summary>The clock beside the virtual one that it goes by; null is the virtual one itself.</summary>
    public LocalClock? Clock => clock;

    /// <summary>When it fires.</summary>
    public long DueTicks { get; private set; }

    public long PeriodTicks { get; set; }

    /// <summary>The order in which timers of the same due time were armed, and so fire.</summary>
    public long Sequence { get; set; }

    public bool IsDisposed { get; set; }

    /// <summary>When it is due, by its own clock.</summary>
    private long LocalDueTicks { get; set; }

    /// <summary>Makes it due so much later than now.</summary>
    public void SetDue(long nowTicks, long laterTicks)
    {
        LocalDueTicks = ToLocal(nowTicks) + laterTicks;
        FindDue();
    }

    /// <summary>
    /// Makes it due a period after it was due. Periods that it has missed are left out, as a system timer leaves them.
    /// </summary>
    public void SetNextDue(long nowTicks)
    {
        var missed = Math.Max(0, ToLocal(nowTicks) - LocalDueTicks) / PeriodTicks;
        LocalDueTicks += (missed + 1) * PeriodTicks;
        FindDue();
    }

    /// <summary>Finds out when it fires, as its clock runs now.</summary>
    public void FindDue() => DueTicks = clock?.ToDue(LocalDueTicks) ?? LocalDueTicks;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowIfOutOfRange(dueTime, nameof(dueTime));
        ThrowIfOutOfRange(period, nameof(period));
        return time.Schedule(this, dueTime, period);
    }

    public void BeginFire() => Interlocked.Increment(ref _users);

    public void Fire()
    {
        try
        {
            if (_context is null)
            {
                Call();
            }
            else
            {
                ExecutionContext.Run(_context, static timer => ((VirtualTimer)timer!).Call(), this);
            }
        }
        finally
        {
            Release();
        }
    }

    public void Dispose()
    {
        if (time.TryDispose(this))
        {
            Release();
        }
    }

    /// <summary>Ends when no callback runs any more, as that of a system timer does.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return new ValueTask(_idle.Task);
    }

    public int CompareTo(VirtualTimer? other) =>
        other is null ? 1 : (DueTicks, Sequence).CompareTo((other.DueTicks, other.Sequence));

    private static void ThrowIfOutOfRange(TimeSpan time, string name)
    {
        if ((time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan) || time > MaxTime)
        {
            throw new ArgumentOutOfRangeException(name, time, $"Must be infinite, or from zero to {MaxTime}.");
        }
    }

    private long ToLocal(long ticks) => clock?.ToLocal(ticks) ?? ticks;

    private void Call() => callback(state);

    private void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _idle.TrySetResult();
        }
    }
}

namespace Transports.Testing;

/// <summary>A clock that stands still until a test moves it.</summary>
/// <remarks>
/// <para>
/// Timers fire inside <see cref="Advance"/>, on the thread that calls it, in the order of their due times, each with
/// the clock standing at its due time. A callback may arm timers and advance the clock itself.
/// </para>
/// <para>
/// Works wherever a <see cref="TimeProvider"/> is taken: <see cref="Task.Delay(TimeSpan, TimeProvider)"/>,
/// <see cref="CancellationTokenSource(TimeSpan, TimeProvider)"/>, <see cref="PeriodicTimer"/>, <c>Task.WaitAsync</c>,
/// and every transport. All members may be used from any thread.
/// </para>
/// </remarks>
public sealed class VirtualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly StateSignal _signal;
    private readonly DateTimeOffset _start;
    private readonly SortedSet<VirtualTimer> _armed = [];
    private long _elapsedTicks;
    private long _lastSequence;

    /// <summary>Makes a clock that shows the start of the year 2000, UTC.</summary>
    public VirtualTimeProvider()
        : this(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Makes a clock that shows <paramref name="start"/>.</summary>
    public VirtualTimeProvider(DateTimeOffset start)
    {
        _start = start.ToUniversalTime();
        _signal = new StateSignal(_gate);
    }

    /// <summary>How long, in real time, <see cref="WhenTimerAsync"/> waits before it fails. Default 30 s.</summary>
    public TimeSpan WaitTimeout { get; init; } = StateSignal.DefaultTimeout;

    /// <summary>How far the clock has been moved since it was made.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(GetTimestamp());

    /// <summary>How many timers are armed: will fire if the clock is moved far enough.</summary>
    public int ActiveTimerCount
    {
        get
        {
            lock (_gate)
            {
                return _armed.Count;
            }
        }
    }

    /// <summary>How far away the next timer is; null if none is armed.</summary>
    public TimeSpan? NextTimerDueIn
    {
        get
        {
            lock (_gate)
            {
                return _armed.Min is { DueTicks: < long.MaxValue } next
                    ? TimeSpan.FromTicks(Math.Max(0, next.DueTicks - _elapsedTicks))
                    : null;
            }
        }
    }

    /// <summary>UTC, so that no test depends on where it runs.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timestamps count ticks of 100 ns from 0.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _elapsedTicks);

    /// <summary>Makes a timer that this clock fires.</summary>
    /// <remarks>A timer that is due at once also waits for <see cref="Advance"/>; it may be by zero.</remarks>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return CreateTimer(clock: null, callback, state, dueTime, period);
    }

    /// <summary>Moves the clock on and fires every timer that falls due on the way.</summary>
    /// <param name="by">How far; zero fires the timers that are due already.</param>
    /// <remarks>
    /// An exception from a callback comes out here; the clock then stands at that timer's due time. Called by two
    /// threads at once, each moves the clock as far from where it stood when the call began: the clock never goes back.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative, or ends after 9999.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = (GetUtcNow() + by - _start).Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Waits until timers are armed: the signal that the code under test waits for time to pass.</summary>
    /// <param name="count">How many must be armed at once.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TimeoutException">Not so many were armed within <see cref="WaitTimeout"/>.</exception>
    public Task WhenTimerAsync(int count = 1, CancellationToken cancellationToken = default) => _signal.WaitAsync(
        () => _armed.Count >= count,
        WaitTimeout,
        () => $"Expected {count} armed timers, but there are {ActiveTimerCount}",
        cancellationToken);

    /// <summary>Called when a timer has been armed, by whoever did it: what moves the clock may be waiting.</summary>
    internal Action? Armed { get; set; }

    /// <summary>What the clock showed when it was made.</summary>
    internal DateTimeOffset Start => _start;

    /// <summary>When the next timer is due; <see cref="long.MaxValue"/> if none is armed.</summary>
    internal long NextDueTicks
    {
        get
        {
            lock (_gate)
            {
                return _armed.Min?.DueTicks ?? long.MaxValue;
            }
        }
    }

    /// <summary>Moves the clock to the next timer and fires that one alone.</summary>
    internal void FireNext() => TakeDue(NextDueTicks)?.Fire();

    /// <summary>Moves the clock on, not back, and fires nothing.</summary>
    internal void SkipTo(long ticks)
    {
        lock (_gate)
        {
            MoveTo(ticks);
        }
    }

    /// <summary>Makes a timer that goes by a clock beside this one.</summary>
    internal VirtualTimer CreateTimer(
        LocalClock? clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, clock, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Changes how a clock beside this one runs, and moves its timers to when they are due then.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="change">Changes it; is given what this clock shows.</param>
    internal void Adjust(LocalClock clock, Action<long> change)
    {
        lock (_gate)
        {
            var timers = _armed.Where(timer => timer.Clock == clock).ToArray();
            _armed.ExceptWith(timers);
            change(_elapsedTicks);
            foreach (var timer in timers)
            {
                timer.FindDue();
                _armed.Add(timer);
            }
        }
    }

    /// <summary>Arms, re-arms or (with a negative due time) disarms a timer.</summary>
    internal bool Schedule(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (timer.IsDisposed)
            {
                return false;
            }

            _armed.Remove(timer);
            timer.PeriodTicks = period.Ticks;
            if (dueTime >= TimeSpan.Zero)
            {
                timer.SetDue(_elapsedTicks, dueTime.Ticks);
                Arm(timer);
            }
        }

        Armed?.Invoke();
        return true;
    }

    /// <summary>Disposes of a timer; false if it was disposed of already.</summary>
    internal bool TryDispose(VirtualTimer timer)
    {
        lock (_gate)
        {
            var first = !timer.IsDisposed;
            timer.IsDisposed = true;
            _armed.Remove(timer);
            return first;
        }
    }

    private void Arm(VirtualTimer timer)
    {
        timer.Sequence = ++_lastSequence;
        _armed.Add(timer);
        _signal.Changed();
    }

    /// <summary>Moves the clock to the next timer that is due by then, or, if there is none, all the way.</summary>
    private VirtualTimer? TakeDue(long targetTicks)
    {
        lock (_gate)
        {
            if (_armed.Min is not { } timer || timer.DueTicks > targetTicks)
            {
                MoveTo(targetTicks);
                return null;
            }

            MoveTo(timer.DueTicks);
            _armed.Remove(timer);
            if (timer.PeriodTicks > 0)
            {
                timer.SetNextDue(_elapsedTicks);
                Arm(timer);
            }

            timer.BeginFire();
            return timer;
        }
    }

    private void MoveTo(long ticks) => Interlocked.Exchange(ref _elapsedTicks, Math.Max(_elapsedTicks, ticks));
}

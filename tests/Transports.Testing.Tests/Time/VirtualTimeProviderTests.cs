namespace Transports.Testing.Tests;

public sealed class VirtualTimeProviderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly VirtualTimeProvider _clock = new();

    [Fact]
    public void New_ShowsAFixedInstant()
    {
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), _clock.GetUtcNow());
        Assert.Equal(0, _clock.GetTimestamp());
        Assert.Equal(TimeSpan.Zero, _clock.GetLocalNow().Offset);
    }

    [Fact]
    public void New_WithStart_ShowsItInUtc()
    {
        var start = new DateTimeOffset(2024, 2, 29, 12, 0, 0, TimeSpan.FromHours(2));
        var clock = new VirtualTimeProvider(start);
        Assert.Equal(start, clock.GetUtcNow());
        Assert.Equal(TimeSpan.Zero, clock.GetUtcNow().Offset);
    }

    [Fact]
    public void Advance_MovesClockAndTimestampAlike()
    {
        var before = _clock.GetTimestamp();
        var start = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromTicks(1_234_567));
        Assert.Equal(start.AddTicks(1_234_567), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromTicks(1_234_567), _clock.GetElapsedTime(before));
        Assert.Equal(TimeSpan.FromTicks(1_234_567), _clock.Elapsed);
    }

    [Fact]
    public void Advance_ByLessThanNothing_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));

    [Fact]
    public void Advance_PastTheEndOfTime_ThrowsAndLeavesTheClock()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.MaxValue));
        Assert.Equal(TimeSpan.Zero, _clock.Elapsed);
    }

    [Fact]
    public void Advance_FiresInOrderOfDueTime_WithTheClockAtDueTime()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        using var late = Arm("late", 3 * Second, fired);
        using var early = Arm("early", Second, fired);
        using var alsoEarly = Arm("also early", Second, fired);
        using var after = Arm("after", 5 * Second, fired);

        _clock.Advance(4 * Second);

        Assert.Equal([("early", Second), ("also early", Second), ("late", 3 * Second)], fired);
        Assert.Equal(4 * Second, _clock.Elapsed);
        Assert.Equal(1, _clock.ActiveTimerCount);
        Assert.Equal(Second, _clock.NextTimerDueIn);
    }

    [Fact]
    public void Advance_FiresOnTheCallingThread()
    {
        var thread = 0;
        using var timer = _clock.CreateTimer(
            _ => thread = Environment.CurrentManagedThreadId, null, Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(Second);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public void Advance_OverSeveralPeriods_FiresOncePerPeriod()
    {
        var fired = new List<TimeSpan>();
        using var timer = _clock.CreateTimer(_ => fired.Add(_clock.Elapsed), null, Second, 2 * Second);
        _clock.Advance(6 * Second);
        Assert.Equal([Second, 3 * Second, 5 * Second], fired);
        Assert.Equal(Second, _clock.NextTimerDueIn);
    }

    [Fact]
    public void Advance_ByNothing_FiresWhatIsDue()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.Equal(0, fired);
        Assert.Equal(TimeSpan.Zero, _clock.NextTimerDueIn);
        _clock.Advance(TimeSpan.Zero);
        Assert.Equal(1, fired);
        Assert.Null(_clock.NextTimerDueIn);
    }

    [Fact]
    public void Advance_CallbackArmsATimer_FiresItInTheSameAdvance()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        ITimer? second = null;
        using var first = _clock.CreateTimer(
            _ => second = Arm("second", Second, fired), null, Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(2 * Second);
        Assert.Equal([("second", 2 * Second)], fired);
        second!.Dispose();
    }

    [Fact]
    public void Advance_FromACallback_NeverTakesTheClockBack()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        using var outer = _clock.CreateTimer(
            _ => _clock.Advance(10 * Second), null, Second, Timeout.InfiniteTimeSpan);
        using var other = Arm("other", 2 * Second, fired);
        _clock.Advance(3 * Second);
        Assert.Equal([("other", 2 * Second)], fired);
        Assert.Equal(11 * Second, _clock.Elapsed);
    }

    [Fact]
    public void Advance_CallbackThrows_ComesOutAndLeavesTheRestArmed()
    {
        var fired = new List<(string Name, TimeSpan At)>();
        using var bad = _clock.CreateTimer(
            _ => throw new InvalidOperationException("bad"), null, Second, Timeout.InfiniteTimeSpan);
        using var good = Arm("good", 2 * Second, fired);
        Assert.Throws<InvalidOperationException>(() => _clock.Advance(5 * Second));
        Assert.Equal(Second, _clock.Elapsed);
        _clock.Advance(Second);
        Assert.Equal([("good", 2 * Second)], fired);
    }

    [Fact]
    public void Advance_FromManyThreads_FiresEveryTimerOnce()
    {
        const int Timers = 2_000;
        var fired = new int[Timers];
        for (var i = 0; i < Timers; i++)
        {
            var index = i;
            var dueTime = TimeSpan.FromMilliseconds(i);
            _clock.CreateTimer(
                _ => Interlocked.Increment(ref fired[index]), null, dueTime, Timeout.InfiniteTimeSpan);
        }

        Parallel.For(0, Timers, _ => _clock.Advance(TimeSpan.FromMilliseconds(1)));
        _clock.Advance(TimeSpan.FromMilliseconds(Timers));
        Assert.All(fired, count => Assert.Equal(1, count));
    }

    [Fact]
    public void CreateTimer_CallbackSeesTheContextOfItsMaker()
    {
        var local = new AsyncLocal<string> { Value = "maker" };
        string? seen = null;
        using var timer = _clock.CreateTimer(_ => seen = local.Value, null, Second, Timeout.InfiniteTimeSpan);
        local.Value = "advancer";
        _clock.Advance(Second);
        Assert.Equal("maker", seen);
    }

    [Fact]
    public void CreateTimer_PassesTheState()
    {
        object? seen = null;
        using var timer = _clock.CreateTimer(state => seen = state, "state", Second, Timeout.InfiniteTimeSpan);
        _clock.Advance(Second);
        Assert.Equal("state", seen);
    }

    [Theory]
    [InlineData(-2, 0)]
    [InlineData(0, -2)]
    [InlineData(uint.MaxValue, 0)]
    [InlineData(0, uint.MaxValue)]
    public void CreateTimer_TimesThatTheFrameworkRefuses_Throws(long dueMilliseconds, long periodMilliseconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.CreateTimer(
            _ => { }, null, TimeSpan.FromMilliseconds(dueMilliseconds), TimeSpan.FromMilliseconds(periodMilliseconds)));

    private ITimer Arm(string name, TimeSpan dueTime, List<(string Name, TimeSpan At)> fired) =>
        _clock.CreateTimer(_ => fired.Add((name, _clock.Elapsed)), null, dueTime, Timeout.InfiniteTimeSpan);
}

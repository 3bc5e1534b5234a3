namespace Transports.Testing.Tests;

public sealed class VirtualTimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly VirtualTimeProvider _clock = new();
    private int _fired;

    [Fact]
    public void Change_ToAnotherDueTime_CountsFromNow()
    {
        using var timer = Create(Second);
        _clock.Advance(Second / 2);
        Assert.True(timer.Change(Second, Timeout.InfiniteTimeSpan));
        _clock.Advance(Second - TimeSpan.FromTicks(1));
        Assert.Equal(0, _fired);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, _fired);
    }

    [Fact]
    public void Change_ToInfinite_Disarms()
    {
        using var timer = Create(Second);
        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        Assert.Equal(0, _clock.ActiveTimerCount);
        _clock.Advance(2 * Second);
        Assert.Equal(0, _fired);
    }

    [Fact]
    public void Change_FromItsOwnCallback_ArmsAgain()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                _fired++;
                timer!.Change(Second, Timeout.InfiniteTimeSpan);
            },
            null,
            Second,
            Timeout.InfiniteTimeSpan);
        _clock.Advance(3 * Second);
        Assert.Equal(3, _fired);
        timer.Dispose();
    }

    [Fact]
    public void Dispose_ArmedTimer_NeverFires()
    {
        var timer = Create(Second);
        timer.Dispose();
        timer.Dispose();
        Assert.Equal(0, _clock.ActiveTimerCount);
        Assert.False(timer.Change(Second, Second));
        _clock.Advance(2 * Second);
        Assert.Equal(0, _fired);
    }

    [Fact]
    public void Dispose_PeriodicTimerFromItsCallback_StopsIt()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(_ => { _fired++; timer!.Dispose(); }, null, Second, Second);
        _clock.Advance(5 * Second);
        Assert.Equal(1, _fired);
    }

    [Fact]
    public async Task DisposeAsync_WhileTheCallbackRuns_WaitsForIt()
    {
        using var entered = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        var timer = _clock.CreateTimer(
            _ => { entered.Release(); leave.Wait(); }, null, Second, Timeout.InfiniteTimeSpan);
        var advance = Task.Run(() => _clock.Advance(Second));
        await entered.WaitAsync();

        var dispose = timer.DisposeAsync().AsTask();
        Assert.False(dispose.IsCompleted);
        leave.Release();
        await dispose.WaitAsync(TimeSpan.FromSeconds(30));
        await advance;
    }

    [Fact]
    public void DisposeAsync_IdleTimer_EndsAtOnce()
    {
        var timer = Create(Second);
        Assert.True(timer.DisposeAsync().AsTask().IsCompletedSuccessfully);
        Assert.True(timer.DisposeAsync().AsTask().IsCompletedSuccessfully);
    }

    private ITimer Create(TimeSpan dueTime) =>
        _clock.CreateTimer(_ => _fired++, null, dueTime, Timeout.InfiniteTimeSpan);
}

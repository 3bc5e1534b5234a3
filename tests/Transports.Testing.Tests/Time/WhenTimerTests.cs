namespace Transports.Testing.Tests;

public sealed class WhenTimerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly VirtualTimeProvider _clock = new();

    [Fact]
    public void WhenTimerAsync_AlreadyArmed_EndsAtOnce()
    {
        using var timer = _clock.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);
        Assert.True(_clock.WhenTimerAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WhenTimerAsync_ArmedLater_Ends()
    {
        var first = _clock.WhenTimerAsync();
        var second = _clock.WhenTimerAsync(2);
        Assert.False(first.IsCompleted);
        using var one = _clock.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);
        await first;
        Assert.False(second.IsCompleted);
        using var two = _clock.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);
        await second;
    }

    [Fact]
    public async Task WhenTimerAsync_NobodyArms_FailsAndSaysWhatIsMissing()
    {
        var clock = new VirtualTimeProvider { WaitTimeout = TimeSpan.FromMilliseconds(1) };
        using var timer = clock.CreateTimer(_ => { }, null, Second, Timeout.InfiniteTimeSpan);
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => clock.WhenTimerAsync(2));
        Assert.Contains("Expected 2 armed timers, but there are 1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhenTimerAsync_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var wait = _clock.WhenTimerAsync(1, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task TaskDelay_EndsWhenTheClockGetsThere()
    {
        var delay = Task.Delay(30 * Second, _clock);
        await _clock.WhenTimerAsync();
        _clock.Advance(29 * Second);
        Assert.False(delay.IsCompleted);
        _clock.Advance(Second);
        await delay;
        Assert.Equal(0, _clock.ActiveTimerCount);
    }

    [Fact]
    public void CancellationTokenSource_CancelsWhenTheClockGetsThere()
    {
        using var cancellation = new CancellationTokenSource(Second, _clock);
        _clock.Advance(Second - TimeSpan.FromTicks(1));
        Assert.False(cancellation.IsCancellationRequested);
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(cancellation.IsCancellationRequested);
    }

    [Fact]
    public void CancellationTokenSource_Disposed_LeavesNoTimer()
    {
        new CancellationTokenSource(Second, _clock).Dispose();
        Assert.Equal(0, _clock.ActiveTimerCount);
    }

    [Fact]
    public async Task WaitAsync_TimesOutWhenTheClockGetsThere()
    {
        var wait = new TaskCompletionSource().Task.WaitAsync(Second, _clock);
        _clock.Advance(Second);
        await Assert.ThrowsAsync<TimeoutException>(() => wait);
    }

    [Fact]
    public async Task PeriodicTimer_TicksWithTheClock()
    {
        using var timer = new PeriodicTimer(Second, _clock);
        for (var i = 0; i < 3; i++)
        {
            var tick = timer.WaitForNextTickAsync();
            Assert.False(tick.IsCompleted);
            _clock.Advance(Second);
            Assert.True(await tick);
        }
    }

    [Fact]
    public async Task Loop_OfDelays_IsDrivenStepByStep()
    {
        var steps = new List<TimeSpan>();
        var loop = BackOffAsync();
        for (var seconds = 1; seconds <= 8; seconds *= 2)
        {
            await _clock.WhenTimerAsync();
            Assert.Equal(seconds * Second, _clock.NextTimerDueIn);
            _clock.Advance(seconds * Second);
        }

        await loop;
        Assert.Equal([1 * Second, 3 * Second, 7 * Second, 15 * Second], steps);

        async Task BackOffAsync()
        {
            for (var wait = Second; wait <= 8 * Second; wait *= 2)
            {
                await Task.Delay(wait, _clock);
                steps.Add(_clock.Elapsed);
            }
        }
    }
}

using Transports.Diagnostics;
using Transports.Testing;

namespace Transports.Tests.Diagnostics;

public class LogThrottleTests
{
    [Fact]
    public void TryPass_AFloodOfErrors_IsALineAMinuteThatCountsTheRest()
    {
        var time = new VirtualTimeProvider();
        var throttle = new LogThrottle(time);
        var lines = new List<long>();
        for (var second = 0; second < 180; second++)
        {
            for (var error = 0; error < 100; error++)
            {
                if (throttle.TryPass(out var suppressed))
                {
                    lines.Add(suppressed);
                }
            }

            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 5_999, 5_999], lines);
    }

    [Fact]
    public async Task TryPass_ByManyAtOnce_LetsOneThroughAndLosesNoCount()
    {
        var time = new VirtualTimeProvider();
        var throttle = new LogThrottle(time);

        var passed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            Enumerable.Range(0, 1_000).Count(_ => throttle.TryPass(out var _)))));

        Assert.Equal(1, passed.Sum());
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(throttle.TryPass(out var suppressed));
        Assert.Equal(3_999, suppressed);
    }
}

namespace Transports.Simulation.Tests.Conditions;

public class DelayTests
{
    /// <summary>
    /// Mean and spread in milliseconds. Those of pareto and paretonormal are what netem's tables give, whose tail is
    /// cut at four jitters.
    /// </summary>
    [Theory]
    [InlineData("delay 100ms 10ms", 100, 5.774)]
    [InlineData("delay 100ms 10ms distribution normal", 100, 10)]
    [InlineData("delay 100ms 10ms distribution pareto", 99.665, 8.197)]
    [InlineData("delay 100ms 10ms distribution paretonormal", 99.747, 8.339)]
    [InlineData("delay 100ms 10ms distribution exponential", 110, 10)]
    [InlineData("delay 100ms 10ms distribution twopeaked slowshare 20%", 102, 4)]
    [InlineData("delay 100ms", 100, 0)]
    public void Jitter_HasItsMeanAndSpread(string text, double mean, double spread)
    {
        var delays = LinkRun.Delays(LinkRun.Run(text));

        // Four standard errors of the mean, and a hundredth of a jitter for what the tables round.
        Assert.InRange(delays.Average() - mean, -0.02 - (spread * 0.01265), 0.02 + (spread * 0.01265));
        Assert.InRange(LinkRun.Spread(delays), spread * 0.98, (spread * 1.02) + 1e-6);
    }

    [Fact]
    public void Jitter_Uniform_StaysWithinItsHalfWidth() => Assert.All(
        LinkRun.Delays(LinkRun.Run("delay 100ms 10ms")), delay => Assert.InRange(delay, 90, 110));

    /// <summary>An even draw of weight 1-rho on the last one has the spread sqrt((1-rho)/(1+rho)) of its own.</summary>
    [Fact]
    public void Jitter_Correlated_IsNarrowerAndDependsOnTheLast()
    {
        var delays = LinkRun.Delays(LinkRun.Run("delay 100ms 10ms 50%"));

        var mean = delays.Average();
        var spread = LinkRun.Spread(delays);
        var products = delays.Skip(1).Zip(delays).Select(pair => (pair.First - mean) * (pair.Second - mean));
        Assert.Equal(5.774 * Math.Sqrt(0.5 / 1.5), spread, 0.05);
        Assert.Equal(0.5, products.Average() / (spread * spread), 0.02);
    }

    [Fact]
    public void Delay_Negative_IsDueAtOnce()
    {
        var delays = LinkRun.Delays(LinkRun.Run("delay 1ms 10ms"));

        Assert.All(delays, delay => Assert.True(delay >= 0));
        LinkRun.AssertShare(0.45, delays.Select(delay => delay == 0));
    }

    [Fact]
    public void MaxDelay_CapsTheTail()
    {
        var delays = LinkRun.Delays(LinkRun.Run("delay 10ms 10ms distribution exponential maxdelay 30ms"));

        Assert.Equal(30, delays.Max());
        LinkRun.AssertShare(Math.Exp(-2), delays.Select(delay => delay == 30));
    }

    [Fact]
    public void Jitter_Alone_ReordersPackets()
    {
        var due = LinkRun.Run("delay 40ms 20ms", 100, TimeSpan.FromMilliseconds(1))
            .Select(fate => fate.Original.DueTicks);

        Assert.NotEqual(due.Order(), due);
    }

    [Fact]
    public void Rate_Alone_SendsOneAfterTheOther()
    {
        // 1000 + 28 + 22 bytes are 8400 bits: 8.4 ms each.
        var fates = LinkRun.Run("rate 1mbit 22 delay 5ms", 4, TimeSpan.Zero);

        Assert.Equal([13.4, 21.8, 30.2, 38.6], LinkRun.Delays(fates, TimeSpan.Zero));
    }

    [Fact]
    public void Rate_FasterThanTheClock_KeepsItsRate()
    {
        var fates = LinkRun.Run("rate 3gbit limit 100000", LinkRun.Packets, TimeSpan.Zero);

        var seconds = fates[^1].Original.DueTicks / (double)TimeSpan.TicksPerSecond;
        Assert.Equal(LinkRun.Packets * 1028.0 * 8 / 3e9, seconds, 1e-6);
    }

    [Fact]
    public void Rate_OnAnEmptyQueue_CountsFromNow() => Assert.All(
        LinkRun.Delays(LinkRun.Run("rate 1mbit", 100)), delay => Assert.Equal(8.224, delay, 1e-4));

    [Fact]
    public void Slots_BundlePackets()
    {
        var due = LinkRun.Run("slot 10ms", 30, TimeSpan.FromMilliseconds(1)).Select(fate => fate.Original.DueTicks)
            .Select(ticks => ticks / TimeSpan.TicksPerMillisecond).ToArray();

        Assert.Equal([10, 21], due.Distinct().Take(2));
        Assert.Equal(11, due.Count(time => time == 10));
    }

    [Fact]
    public void Slots_WithRoomForTwo_TakeTwo() => Assert.Equal(
        [10, 10, 20, 20, 30, 30],
        LinkRun.Delays(LinkRun.Run("slot 10ms packets 2", 6, TimeSpan.Zero), TimeSpan.Zero));

    [Fact]
    public void Slots_Random_LieBetweenTheirBounds()
    {
        var fates = LinkRun.Run("slot 10ms 20ms packets 1 limit 100000", LinkRun.Packets, TimeSpan.Zero);

        var due = LinkRun.Delays(fates, TimeSpan.Zero);
        var gaps = due.Zip(due.Prepend(0), (later, earlier) => later - earlier).ToArray();
        Assert.All(gaps, gap => Assert.InRange(gap, 9.999, 20.001));
        LinkRun.AssertMean(15, gaps);
    }
}

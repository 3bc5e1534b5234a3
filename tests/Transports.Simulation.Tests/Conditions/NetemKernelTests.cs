using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

/// <summary>The same text, once for our model of a link and once for the kernel's, gives the same link.</summary>
public class NetemKernelTests
{
    private const int Packets = 4000;

    /// <summary>Three percentage points: more than four standard errors for all that is tried here.</summary>
    private const double LossTolerance = 0.03;

    /// <summary>One millisecond: what a busy machine may add between the clock's being read and the sending.</summary>
    private const double DelayTolerance = 1;

    /// <summary>A tenth and half a millisecond: the kernel draws from tables of 4096 values and adds its own.</summary>
    private const double SpreadShare = 0.1;

    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(1);

    [NetemTheory]
    [InlineData("delay 20ms 5ms")]
    [InlineData("delay 20ms 5ms distribution normal loss 10%")]
    [InlineData("delay 30ms 5ms distribution pareto")]
    [InlineData("delay 10ms loss gemodel 5% 50%")]
    public void Kernel_SameText_SameLossMeanAndSpread(string text)
    {
        var conditions = NetworkConditions.Parse(text);
        var fates = LinkRun.Run(conditions, LinkRun.Packets, Apart);
        var ours = LinkRun.Delays(fates, Apart).Where((_, i) => fates[i].Original.IsDelivered).ToArray();

        var kernel = NetemRun.Run(conditions, Packets, Apart);

        Assert.Equal(ours.Length / (double)LinkRun.Packets, kernel.Length / (double)Packets, LossTolerance);
        Assert.Equal(ours.Average(), kernel.Average(), DelayTolerance);
        var spread = LinkRun.Spread(ours);
        Assert.Equal(spread, LinkRun.Spread(kernel), (spread * SpreadShare) + 0.5);
    }

    /// <summary>Proves the measuring itself, also where the kernel has no netem.</summary>
    [NamespaceFact]
    public void Kernel_WithoutNetem_DeliversEverythingAtOnce()
    {
        var delays = NetemRun.Run(conditions: null, packets: 200, Apart);

        Assert.Equal(200, delays.Length);
        Assert.InRange(delays.Order().ElementAt(100), 0, DelayTolerance);
    }

    private sealed class NetemTheoryAttribute : TheoryAttribute
    {
        public NetemTheoryAttribute() => Skip = NetemRun.NetemObstacle;
    }

    private sealed class NamespaceFactAttribute : FactAttribute
    {
        public NamespaceFactAttribute() => Skip = NetemRun.NamespaceObstacle;
    }
}

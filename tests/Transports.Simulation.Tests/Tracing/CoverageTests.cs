using Transports.Testing;

namespace Transports.Simulation.Tests.Tracing;

public class CoverageTests
{
    [Fact]
    public void Coverage_ConfiguredButNeverStruck_IsThereWithZero()
    {
        var trace = SampleTrace.Datagrams();
        trace.Expect(NetworkConditions.Parse("loss 1% truncate 1%"));

        Assert.Equal("loss 1x, duplicate 1x, corrupt 1x, truncate 0x", trace.ToCoverageText());
        Assert.Equal(1, trace.Fired(NetworkFault.Loss));
    }

    [Fact]
    public void AssertFired_OneNeverStruck_NamesIt()
    {
        var trace = SampleTrace.Datagrams();
        trace.Expect(NetworkConditions.Parse("loss 1% truncate 1%"));

        trace.AssertFired(NetworkFault.Loss, NetworkFault.Corrupt);
        var fault = Assert.Throws<InvalidOperationException>(() => trace.AssertFired());
        Assert.Equal(
            "Never struck: truncate. Struck: loss 1x, duplicate 1x, corrupt 1x, truncate 0x.", fault.Message);
        Assert.Throws<InvalidOperationException>(() => trace.AssertFired(NetworkFault.QueueFull));
    }

    [Fact]
    public void Count_TraceOff_StillCounts()
    {
        var trace = new NetworkTrace(new NetworkTraceOptions { IsEnabled = false });

        trace.Count(NetworkFault.Loss);

        trace.AssertFired(NetworkFault.Loss);
    }
}

using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>Who reaches whom among four hosts, and what brings it back.</summary>
public class PartitionTests
{
    [Fact]
    public Task Isolate_OneHost_ReachesNobodyUntilDisposed() => RunAsync(async (network, mesh) =>
    {
        using (network.Isolate("a"))
        {
            Assert.Equal("bc bd cb cd db dc", await mesh.ReachAsync());
        }

        Assert.Equal(Mesh.All, await mesh.ReachAsync());
    });

    [Fact]
    public Task Isolate_TwoHosts_SplitsTheNetwork() => RunAsync(async (network, mesh) =>
    {
        using var partition = network.Isolate("a", "b");
        Assert.Equal("ab ba cd dc", await mesh.ReachAsync());
    });

    [Fact]
    public Task Partition_OneLink_IsOneWay() => RunAsync(async (network, mesh) =>
    {
        using var partition = network.Link("a", "b").Partition();
        Assert.Equal("ac ad ba bc bd ca cb cd da db dc", await mesh.ReachAsync());
    });

    [Fact]
    public Task PartitionIntoRing_FourHosts_EachReachesItsNeighbours() => RunAsync(async (network, mesh) =>
    {
        using var partition = network.PartitionIntoRing();
        Assert.Equal("ab ad ba bc cb cd da dc", await mesh.ReachAsync());
    });

    [Fact]
    public Task PartitionIntoHalves_FourHosts_OnlyTheBridgeReachesBoth() => RunAsync(async (network, mesh) =>
    {
        using var partition = network.PartitionIntoHalves("b");
        Assert.Equal("ab ba bc bd cb cd db dc", await mesh.ReachAsync());
    });

    [Fact]
    public Task Clog_UntilDisposed_KeepsAllAndLosesNone() => RunAsync(async (network, mesh) =>
    {
        var clog = network.Link("a", "b").Clog();
        Assert.Equal("ac ad ba bc bd ca cb cd da db dc", await mesh.ReachAsync());
        Assert.Single(network.Link("a", "b").HeldPackets);

        clog.Dispose();
        Assert.Equal(Mesh.All, await mesh.ReceivedAsync());
        Assert.Empty(network.Link("a", "b").HeldPackets);
    });

    [Fact]
    public Task Heal_PartitionsRulesHoldsAndChance_AreGoneForGood() => RunAsync(async (network, mesh) =>
    {
        var partition = network.Isolate("a");
        var rule = network.Link("b", "c").AddRule(_ => Verdict.Drop);
        var clog = network.Link("c", "d").Clog();
        network.SetConditions("b", "d", NetworkConditions.Parse("delay 5ms loss 100%"));
        Assert.Equal("cb dc", await mesh.ReachAsync());

        network.Host("b").Pause();
        network.Heal();
        Assert.Equal("cb cd dc", await mesh.ReceivedAsync());
        Assert.Equal(Mesh.All, await mesh.ReachAsync());
        Assert.Equal(TimeSpan.FromMilliseconds(5), network.Link("b", "d").Conditions.Delay);

        // What was healed is not undone once more: a fault that is put on afterwards stays.
        using var later = network.Link("a", "b").Partition();
        partition.Dispose();
        rule.Dispose();
        clog.Dispose();
        Assert.Equal("ac ad ba bc bd ca cb cd da db dc", await mesh.ReachAsync());
    });

    private static async Task RunAsync(Func<SimulatedNetwork, Mesh, Task> test) => await Testing.Simulation.RunAsync(
        1,
        async network =>
        {
            await using var mesh = await Mesh.StartAsync(network);
            await test(network, mesh);
        });
}

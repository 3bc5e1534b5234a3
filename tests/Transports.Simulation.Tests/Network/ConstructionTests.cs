using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

public class ConstructionTests
{
    /// <summary>Each must compile, and mean what it looks like.</summary>
    [Fact]
    public void Network_MadeInAnyWayThatPeopleWrite_HasItsSeed()
    {
        using var byDefault = new SimulatedNetwork();
        using var bySeed = new SimulatedNetwork(7);
        using var byOptions = new SimulatedNetwork(new SimulatedNetworkOptions { Seed = 7 });
        using var byShortOptions = new SimulatedNetwork(new() { Seed = 7 });

        ulong[] seeds = [byDefault.Seed, bySeed.Seed, byOptions.Seed, byShortOptions.Seed];
        Assert.Equal([0, 7, 7, 7], seeds);
    }
}

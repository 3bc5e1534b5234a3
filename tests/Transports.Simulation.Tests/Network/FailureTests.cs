using System.Globalization;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>What a run that fails says and leaves, and what makes runs fail that should.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simulation");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_ScenarioThatFails_SaysAllThatIsNeededToSeeItAgain()
    {
        var failure = await Assert.ThrowsAsync<SimulationException>(() => Testing.Simulation.RunAsync(7, FailAsync));

        Assert.StartsWith("as planned\n\nSeed 7.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("await Simulation.RunAsync(7, scenario);", failure.Message, StringComparison.Ordinal);
        Assert.Contains("client->server: delay 5ms loss 100%", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Faults: loss 1x", failure.Message, StringComparison.Ordinal);
        Assert.Contains("#1 4 B \"lost\"  [loss]", failure.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Fact]
    public async Task Run_FailureFolder_HoldsTheFailureTheTraceADiagramAndACapture()
    {
        var options = new SimulatedNetworkOptions { FailureFolder = _folder.FullName };
        var failure = await Assert.ThrowsAsync<SimulationException>(
            () => Testing.Simulation.ExploreAsync(3, FailAsync, options));

        var path = Path.Combine(_folder.FullName, "seed-1");
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["failure.txt", "trace.pcapng", "trace.svg", "trace.txt"],
            Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("Seed 1.", await File.ReadAllTextAsync(Path.Combine(path, "failure.txt")));
        Assert.Contains("[loss]", await File.ReadAllTextAsync(Path.Combine(path, "trace.txt")));
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(Path.Combine(path, "trace.svg")));
        Assert.NotEmpty(await File.ReadAllBytesAsync(Path.Combine(path, "trace.pcapng")));
    }

    [Fact]
    public async Task Run_FailureFolderThatCannotBe_DoesNotHideTheFailure()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "");
        var options = new SimulatedNetworkOptions { FailureFolder = file };

        var failure = await Assert.ThrowsAsync<SimulationException>(
            () => Testing.Simulation.RunAsync(1, FailAsync, options));

        Assert.StartsWith("as planned", failure.Message, StringComparison.Ordinal);
        Assert.Contains("could not be written", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_ScenarioThatFails_SaysWithWhichFaults()
    {
        var failure = await Assert.ThrowsAsync<SimulationException>(() => Testing.Simulation.ReplayAsync(
            7, [new PacketFault("client->server", 1, FaultKind.Drop)], FailAsync));

        Assert.Contains("// drop client->server #1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swarm_ManySeeds_EachKindOfFaultIsThereInSomeRunsAndNotInOthers()
    {
        var kinds = new[] { NetworkFault.Loss, NetworkFault.Duplicate, NetworkFault.Reorder, NetworkFault.Corrupt };
        var seen = new HashSet<(NetworkFault, bool)>();
        var options = new SimulatedNetworkOptions { Swarm = true };
        for (var seed = 1UL; seed <= 30; seed++)
        {
            var trace = await Testing.Simulation.RunAsync(seed, FloodAsync, options);
            seen.UnionWith(kinds.Select(kind => (kind, trace.Fired(kind) > 0)));
            trace.AssertFired([.. kinds.Where(trace.Coverage.ContainsKey)]);
        }

        Assert.Equal(2 * kinds.Length, seen.Count);
        await Testing.Simulation.VerifyDeterminismAsync(FloodAsync, 5, options);
    }

    [Fact]
    public Task Explore_HealedInTheEnd_Converges() => Testing.Simulation.ExploreAsync(
        20,
        async network =>
        {
            var received = new HashSet<string>();
            var (server, client) = (network.AddHost("server"), network.AddHost("client"));
            var handler = MessageHandler.FromText(text =>
            {
                received.Add(text);
                return "";
            });
            await using var listener = await server.Udp().ListenAsync(server.EndPoint(80), handler);
            network.SetConditions("client", "server", NetworkConditions.Parse("delay 5ms 2ms loss 90% duplicate 20%"));
            await using var connection = await client.Udp().ConnectAsync(server.EndPoint(80));
            await SendAllAsync(connection);
            await network.WhenIdleAsync();
            Assert.NotEqual(10, received.Count);

            network.Heal();
            await SendAllAsync(connection);
            await network.RunUntilAsync(() => received.Count == 10, TimeSpan.FromSeconds(1));
        },
        new SimulatedNetworkOptions());

    private static async Task FailAsync(SimulatedNetwork network)
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        network.SetConditions("client", "server", NetworkConditions.Parse("delay 5ms loss 100%"));
        await using var connection = await client.Udp().ConnectAsync(server.EndPoint(80));
        await connection.SendAsync("lost");
        await network.WhenIdleAsync();
        throw new InvalidOperationException("as planned");
    }

    private static async Task FloodAsync(SimulatedNetwork network)
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        network.SetConditions("client", "server", NetworkConditions.Parse(
            "delay 5ms loss 20% duplicate 20% reorder 20% corrupt 20%"));
        await using var connection = await client.Udp(new UdpTransportOptions { ConnectSocket = false })
            .ConnectAsync(server.EndPoint(80));
        for (var number = 0; number < 5; number++)
        {
            await SendAllAsync(connection);
        }

        await network.WhenIdleAsync();
    }

    private static async Task SendAllAsync(IConnection connection)
    {
        for (var number = 0; number < 10; number++)
        {
            await connection.SendAsync(number.ToString(CultureInfo.InvariantCulture));
        }
    }
}

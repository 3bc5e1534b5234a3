using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

public class LinkTests
{
    [Fact]
    public Task Hold_PacketsDeliveredByHand_ArriveInThatOrder() => RunAsync(async (network, client, received) =>
    {
        var link = network.Link("client", "server");
        using (link.Hold())
        {
            foreach (var text in (string[])["1", "2", "3"])
            {
                await client.SendAsync(text);
            }

            Assert.Equal([1, 2, 3], link.HeldPackets.Select(packet => packet.Number));
            link.Deliver(link.HeldPackets[2]);
            await network.WhenIdleAsync();
            Assert.Equal(["3"], received);
            link.Release();
            await network.WhenIdleAsync();
            await client.SendAsync("4");
            await network.WhenIdleAsync();
            Assert.Equal(["3", "1", "2"], received);
        }

        await network.WhenIdleAsync();
        Assert.Equal(["3", "1", "2", "4"], received);
    });

    [Fact]
    public Task Partition_UntilDisposed_LosesEverything() => RunAsync(async (network, client, received) =>
    {
        using (network.Link("client", "server").Partition())
        {
            await client.SendAsync("1");
            await network.WhenIdleAsync();
        }

        await client.SendAsync("2");
        await network.WhenIdleAsync();
        Assert.Equal(["2"], received);
        Assert.Contains(network.Trace.Events, item => item.Fault == NetworkFault.Partition);
    });

    [Fact]
    public Task Drop_Numbers_LosesThoseAlone() => RunAsync(async (network, client, received) =>
    {
        using var drop = network.Link("client", "server").Drop(1, 3);
        foreach (var text in (string[])["1", "2", "3", "4"])
        {
            await client.SendAsync(text);
        }

        await network.WhenIdleAsync();
        Assert.Equal(["2", "4"], received);
    });

    [Fact]
    public Task AddRule_VerdictsCombined_AllHold() => RunAsync(async (network, client, received) =>
    {
        var started = network.Time.Elapsed;
        var delay = TimeSpan.FromSeconds(3);
        using var rule = network.Link("client", "server").AddRule(packet => packet.Number == 1
            ? Verdict.Duplicate(2).And(Verdict.DeliverAfter(delay)).And(Verdict.Truncate(2))
            : Verdict.Pass);
        await client.SendAsync("hello");
        await client.SendAsync("there");
        await network.WhenIdleAsync();

        Assert.Equal(["there", "he", "he", "he"], received);
        Assert.Equal(delay, network.Time.Elapsed - started);
    });

    [Fact]
    public Task AddRule_HoldAndMore_TheRestHoldsWhenItIsLetGo() => RunAsync(async (network, client, received) =>
    {
        var link = network.Link("client", "server");
        using var rule = link.AddRule(_ => Verdict.Hold.And(Verdict.Duplicate())
            .And(Verdict.DeliverAfter(TimeSpan.FromSeconds(2))));
        await client.SendAsync("held");
        await network.WhenIdleAsync();
        Assert.Empty(received);

        var released = network.Time.Elapsed;
        link.Release();
        await network.WhenIdleAsync();
        Assert.Equal(["held", "held"], received);
        Assert.Equal(TimeSpan.FromSeconds(2), network.Time.Elapsed - released);
    });

    [Fact]
    public Task AddRule_DropAndMore_IsADrop() => RunAsync(async (network, client, received) =>
    {
        using var rule = network.Link("client", "server").AddRule(
            _ => Verdict.Duplicate(3).And(Verdict.Hold).And(Verdict.Drop));
        await client.SendAsync("gone");
        await network.WhenIdleAsync();
        Assert.Empty(received);
        Assert.Empty(network.Link("client", "server").HeldPackets);
        Assert.Equal(1, network.Trace.Fired(NetworkFault.Rule));
    });

    [Fact]
    public Task AddRule_CorruptAndDuplicate_EachCopyIsCorrupt() => RunAsync(async (network, client, received) =>
    {
        using var rule = network.Link("client", "server").AddRule(
            _ => Verdict.Corrupt.And(Verdict.Duplicate()));
        await client.SendAsync("hello");
        await network.WhenIdleAsync();
        Assert.Equal(2, received.Count);
        Assert.DoesNotContain("hello", received);
    });

    [Fact]
    public Task Replay_DeliveredDatagram_ArrivesOnceMore() => RunAsync(async (network, client, received) =>
    {
        var seen = new List<SimulatedPacket>();
        var link = network.Link("client", "server");
        using var rule = link.AddRule(packet =>
        {
            seen.Add(packet);
            return Verdict.Pass;
        });
        await client.SendAsync("1");
        await client.SendAsync("2");
        await network.WhenIdleAsync();

        link.Replay(seen[0]);
        await network.WhenIdleAsync();

        Assert.Equal(["1", "2", "1"], received);
        Assert.Equal(2, link.PacketsSent);
        Assert.Contains(network.Trace.Events, item => item is { Kind: NetworkEventKind.Duplicated, Copy: 1 });
        Assert.Throws<ArgumentException>(() => network.Link("server", "client").Replay(seen[0]));
    });

    [Fact]
    public Task Delay_MoreForOnePair_IsPermanent() => RunAsync(async (network, client, received) =>
    {
        network.Link("client", "server").Conditions = new NetworkConditions { Delay = TimeSpan.FromSeconds(3) };
        for (var number = 1; number <= 3; number++)
        {
            var started = network.Time.Elapsed;
            await client.SendAsync("late");
            await network.WhenIdleAsync();
            Assert.Equal(number, received.Count);
            Assert.Equal(TimeSpan.FromSeconds(3), network.Time.Elapsed - started);
        }
    });

    [Fact]
    public Task Pause_UntilResumed_KeepsWhatArrives() => RunAsync(async (network, client, received) =>
    {
        network.Host("server").Pause();
        await client.SendAsync("1");
        await network.WhenIdleAsync();
        Assert.Empty(received);
        network.Host("server").Resume();
        await network.WhenIdleAsync();
        Assert.Equal(["1"], received);
    });

    private static async Task RunAsync(Func<SimulatedNetwork, IConnection, List<string>, Task> test)
    {
        await Testing.Simulation.RunAsync(1, async network =>
        {
            var received = new List<string>();
            var (server, client) = (network.AddHost("server"), network.AddHost("client"));
            var handler = MessageHandler.FromText(text =>
            {
                received.Add(text);
                return "";
            });
            await using var listener = await server.Udp().ListenAsync(server.EndPoint(80), handler);
            await using var connection = await client.Udp().ConnectAsync(server.EndPoint(80));
            await test(network, connection, received);
        });
    }
}

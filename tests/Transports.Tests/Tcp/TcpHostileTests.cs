using System.Net.Sockets;
using Transports.Requests;
using Transports.Testing;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;
using Xunit.Abstractions;

namespace Transports.Tests.Tcp;

/// <summary>
/// Many peers that mean harm, over real sockets. Each test says what was sent and what the process held; a well-behaved
/// client beside them gets every answer. They measure the process, so they run alone.
/// </summary>
[Collection(SerialTests.Name)]
public sealed class TcpHostileTests(ITestOutputHelper output)
{
    private const int Requests = 1_000;

    public static TheoryData<TransportDriver> Drivers => [TransportDriver.Reactor, TransportDriver.Portable];

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task Slowloris_ThousandsOfSlowConnections_LeaveAClientItsAnswersAndAreClosed(TransportDriver driver)
    {
        // 5,000 if the process may have the descriptors: two for each, as both ends are here.
        var slow = (int)Math.Min(5_000, (LibC.DescriptorLimit() - 500) / 2);
        var time = new VirtualTimeProvider();
        var options = new TcpTransportOptions { Driver = driver, MaxAcceptsPerSecond = 1_000_000 };
        await using var server = await HostileServer.StartAsync(options, output, time);
        await using var client = server.NewClient();
        var before = await HostileServer.AskAsync(client, Requests);
        var attackers = new List<Socket>();
        for (var i = 0; i < slow; i++)
        {
            attackers.Add(await server.ConnectAsync());
            await attackers[i].SendAsync("s"u8.ToArray());
        }

        await server.WhenConnectedAsync(slow + 1);
        var asking = HostileServer.AskAsync(client, Requests);
        var drips = 0;
        do
        {
            foreach (var attacker in attackers)
            {
                await attacker.SendAsync("l"u8.ToArray());
            }

            drips++;
            server.Held.Measure();
        }
        while (!asking.IsCompleted);

        output.WriteLine($"p99 of {Requests} requests: {before} before the attack, {await asking} under it");
        Assert.Equal(slow + 1, server.Open);

        // The clock of the server has stood still; as it moves on, they turn out to be too slow.
        await server.AskUntilAsync(client, time, () => server.Closed(CloseReason.SlowSender) == slow);

        Assert.Equal(1, server.Open);
        attackers.ForEach(attacker => attacker.Dispose());
        await server.EndAsync($"{slow} connections, of each one byte of a line, then {drips} more, one by one");
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task Vanish_AtOnceByFinAndByReset_LeavesAClientItsAnswers(TransportDriver driver)
    {
        const int Peers = 4_000;
        var options = new TcpTransportOptions { Driver = driver, MaxAcceptsPerSecond = 1_000_000 };
        await using var server = await HostileServer.StartAsync(options, output);
        await using var client = server.NewClient();
        var asking = HostileServer.AskAsync(client, Requests);
        for (var i = 0; i < Peers; i++)
        {
            var peer = await server.ConnectAsync();
            if (i % 2 == 0)
            {
                peer.Dispose();
            }
            else
            {
                HostileServer.Reset(peer);
            }

            if (i % 100 == 0)
            {
                server.Held.Measure();
            }
        }

        await asking;
        Assert.Equal("after", await client.RequestAsync("after"));
        await server.EndAsync($"{Peers} connections in turn, every other one ended by FIN or RST at once");
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task Flood_OfConnectsOverTheLimit_IsResetAndLeavesAClientItsAnswers(TransportDriver driver)
    {
        const int Limit = 50;
        const int Peers = 2_000;
        var options = new TcpTransportOptions { Driver = driver, MaxConnections = Limit };
        await using var server = await HostileServer.StartAsync(options, output);
        await using var client = server.NewClient();
        await client.RequestAsync("here first");
        var asking = HostileServer.AskAsync(client, Requests);
        var attackers = new List<Socket>();
        for (var i = 0; i < Peers; i++)
        {
            try
            {
                attackers.Add(await server.ConnectAsync());
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                // Reset before it knew that it was connected.
            }
        }

        // Those who got a place hear nothing; all others are reset.
        await Task.WhenAll(attackers[Limit..].Select(HostileServer.WhenEndedAsync));
        server.Held.Measure();
        await asking;
        await server.WhenConnectedAsync(Limit);
        Assert.Equal(Limit, server.MostOpen);

        attackers.ForEach(attacker => attacker.Dispose());
        await using var late = server.NewClient();
        await AskUntilThereIsAPlaceAsync(late);
        Assert.Equal("after", await client.RequestAsync("after"));
        await server.EndAsync($"{Peers} connections, kept, where {Limit} are allowed");
    }

    private static async Task AskUntilThereIsAPlaceAsync(RequestClient client)
    {
        while (true)
        {
            try
            {
                Assert.Equal("late", await client.RequestAsync("late"));
                return;
            }
            catch (TransportException)
            {
                await Task.Yield();
            }
        }
    }
}

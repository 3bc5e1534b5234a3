using System.Globalization;
using System.Net;
using System.Text;
using Transports.Requests;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

public class UdpTests
{
    private static readonly IMessageHandler Uppercase = MessageHandler.FromText(text => text.ToUpperInvariant());

    [Fact]
    public Task Request_OverALossyLink_IsAnswered() => Testing.Simulation.RunAsync(7, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await server.Udp().ListenAsync(server.EndPoint(12_000), Uppercase);
        network.SetConditions("client", "server", NetworkConditions.Parse("delay 20ms loss 30%"));

        await using var requests = new RequestClient(
            client.Udp(), server.EndPoint(12_000), new RequestClientOptions { Timeout = TimeSpan.FromMinutes(5) });
        for (var number = 0; number < 20; number++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"request {number}");
            Assert.Equal(text.ToUpperInvariant(), await requests.RequestAsync(text));
        }

        Assert.True(network.Time.Elapsed > TimeSpan.FromMilliseconds(20 * 40));
    });

    [Fact]
    public async Task Connect_NobodyListens_TheNextSendIsCountedAndLost()
    {
        using var network = new SimulatedNetwork(seed: 1);
        network.AddHost("server");
        await network.RunAsync(async () =>
        {
            await using var client = await network.AddHost("client").Udp()
                .ConnectAsync(new DnsEndPoint("server", 12_000));
            await client.SendAsync("anybody?");
            await network.WhenIdleAsync();
            await client.SendAsync("still nobody?");
            await network.WhenIdleAsync();
        });

        Assert.Equal(2, network.Trace.Events.Count(item => item.Fault == NetworkFault.PortUnreachable));
    }

    [Fact]
    public async Task Connect_AllPortsAreTaken_Fails()
    {
        var options = new SimulatedNetworkOptions { EphemeralPorts = 2 };
        await Testing.Simulation.RunAsync(
            1,
            async network =>
            {
                var (server, client) = (network.AddHost("server"), network.AddHost("client").Udp());
                await using var first = await client.ConnectAsync(server.EndPoint(80));
                var second = await client.ConnectAsync(server.EndPoint(80));
                await Assert.ThrowsAsync<ConnectionFailedException>(
                    async () => await client.ConnectAsync(server.EndPoint(80)));

                await second.DisposeAsync();
                await using var third = await client.ConnectAsync(server.EndPoint(80));
                Assert.Equal(second.LocalEndPoint, third.LocalEndPoint);
            },
            options);
    }

    /// <summary>
    /// The network's thread has nothing to do yet, or no more: who arms a timer elsewhere must not wait for ever.
    /// </summary>
    [Fact]
    public async Task Delay_OutsideAScenario_Ends()
    {
        using var network = new SimulatedNetwork(seed: 1);
        await Task.Delay(TimeSpan.FromHours(1), network.Time).WaitAsync(TimeSpan.FromSeconds(30));
        await Task.Delay(TimeSpan.FromHours(1), network.AddHost("host").Clock).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromHours(2), network.Time.Elapsed);
    }

    [Fact]
    public async Task Step_TimeIsMovedByHand_OnePacketAtATime()
    {
        using var network = new SimulatedNetwork(new SimulatedNetworkOptions { AutoAdvance = false });
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await server.Udp().ListenAsync(server.EndPoint(80), Uppercase);
        network.SetConditions("client", "server", new NetworkConditions { Delay = TimeSpan.FromSeconds(1) });
        var connection = await client.Udp().ConnectAsync(server.EndPoint(80));
        await connection.SendAsync("hello");
        var reply = connection.ReceiveTextAsync().AsTask();

        Assert.True(await network.StepAsync());
        Assert.Equal(TimeSpan.FromSeconds(1), network.Time.Elapsed);
        Assert.False(reply.IsCompleted);
        await network.RunForAsync(TimeSpan.FromSeconds(2));
        Assert.Equal("HELLO", await reply);
        Assert.Equal(TimeSpan.FromSeconds(3), network.Time.Elapsed);
        Assert.False(await network.StepAsync());
        await Assert.ThrowsAsync<TimeoutException>(
            () => network.RunUntilAsync(() => false, TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_SameSeedTwice_SameTrace(int seed)
    {
        Assert.Equal(await TraceAsync((ulong)seed), await TraceAsync((ulong)seed));
        Assert.NotEqual(await TraceAsync((ulong)seed), await TraceAsync((ulong)seed + 100));
    }

    [Fact]
    public async Task Run_NothingCanHappen_SaysSo()
    {
        using var network = new SimulatedNetwork(
            new SimulatedNetworkOptions { StallTimeout = TimeSpan.FromMilliseconds(20) });

        var stalled = await Assert.ThrowsAsync<SimulationException>(
            () => network.RunAsync(() => new TaskCompletionSource().Task));

        Assert.Contains("Nothing can ever happen", stalled.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingCanHappen_SaysWhoWaitsOnWhat()
    {
        var options = new SimulatedNetworkOptions { StallTimeout = TimeSpan.FromMilliseconds(20) };
        var stalled = await Assert.ThrowsAsync<SimulationException>(() => Testing.Simulation.RunAsync(
            1,
            async network =>
            {
                var (server, client) = (network.AddHost("server"), network.AddHost("client"));
                await using var waiting = await client.OpenDatagramsAsync(server.EndPoint(80));
                var slot = new Datagram(new byte[100], server.EndPoint(80).Serialize());
                await waiting.ReceiveAsync(new[] { slot }, CancellationToken.None);
            },
            options));

        Assert.Matches(
            @"client \(10\.0\.0\.2\)\nudp +0 +0 10\.0\.0\.2:49152 +10\.0\.0\.1:80 +receive\n", stalled.Message);
        Assert.Contains("0 packets under way, 0 timers armed", stalled.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnlyTimersThatLeadNowhere_IsGivenUp()
    {
        var options = new SimulatedNetworkOptions { MaxStepsWithoutProgress = 100 };
        var endless = await Assert.ThrowsAsync<SimulationException>(() => Testing.Simulation.RunAsync(
            1,
            async network =>
            {
                var second = TimeSpan.FromSeconds(1);
                await using var timer = network.Time.CreateTimer(_ => { }, null, second, second);
                await new TaskCompletionSource().Task;
            },
            options));

        Assert.Contains("100 steps without the test's code getting a turn", endless.Message, StringComparison.Ordinal);
        Assert.Contains("1 timers armed", endless.Message, StringComparison.Ordinal);
    }

    private static async Task<string> TraceAsync(ulong seed)
    {
        using var network = new SimulatedNetwork(seed);
        await network.RunAsync(async () =>
        {
            var server = network.AddHost("server");
            var client = network.AddHost("client");
            await using var listener = await server.Udp().ListenAsync(server.EndPoint(12_000), Uppercase);
            network.SetConditions(
                "client", "server", NetworkConditions.Parse("delay 20ms 5ms loss 20% duplicate 5% reorder 10%"));
            await using var requests = new RequestClient(
                client.Udp(),
                server.EndPoint(12_000),
                new RequestClientOptions { Timeout = TimeSpan.FromMinutes(5), MaxConcurrentRequests = 3 });
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
            {
                await Task.Yield();
                var text = string.Create(CultureInfo.InvariantCulture, $"request {number}");
                Assert.Equal(text.ToUpperInvariant(), await requests.RequestAsync(text));
            }));
        });
        var text = new StringBuilder();
        foreach (var item in network.Trace.Events)
        {
            text.AppendLine(item.ToString());
        }

        return text.ToString();
    }
}

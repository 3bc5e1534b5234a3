using System.Globalization;
using Transports.Requests;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

public class DeterminismTests
{
    private static readonly IMessageHandler Uppercase = MessageHandler.Create(async (context, cancellationToken) =>
    {
        await Task.Yield();
        await context.ReplyAsync(context.Payload.Span, cancellationToken);
    });

    [Fact]
    public async Task Run_200SeedsTwiceSideBySide_SameTraces()
    {
        var seeds = Enumerable.Range(1, 200).Select(seed => (ulong)seed).ToArray();
        await Parallel.ForEachAsync(
            seeds, async (seed, _) => await Testing.Simulation.VerifyDeterminismAsync(MixedAsync, seed));
    }

    [Theory]
    [InlineData("guid", "payload")]
    [InlineData("random", "payload")]
    [InlineData("wall clock", "payload")]
    [InlineData("kept state", "payload")]
    [InlineData("random delay", "timer")]
    [InlineData("random count", "a decision by the wall clock")]
    public async Task Verify_ScenarioThatDiffers_NamesTheEventAndTheCause(string fault, string cause)
    {
        var runs = 0;
        var differs = await Assert.ThrowsAsync<SimulationException>(
            () => Testing.Simulation.VerifyDeterminismAsync(async network =>
            {
                runs++;
                network.AddHost("server");
                await using var client = await network.AddHost("client").Udp()
                    .ConnectAsync(network.Host("server").EndPoint(80));
                await client.SendAsync("the same");
                await network.WhenIdleAsync();
                await Task.Delay(TimeSpan.FromSeconds(fault == "random delay" ? runs : 1), network.Time);
                for (var left = fault == "random count" ? runs : 1; left > 0; left--)
                {
                    await client.SendAsync(fault switch
                    {
                        "guid" => Guid.NewGuid().ToString(),
                        "random" => Random.Shared.NextInt64().ToString(CultureInfo.InvariantCulture),
                        "wall clock" => TimeProvider.System.GetTimestamp().ToString(CultureInfo.InvariantCulture),
                        "kept state" => $"run {runs}",
                        _ => "the same",
                    });
                }
            }));

        // The first datagram was sent and dropped: what differs comes after.
        Assert.Matches(@"differ, first in event [34]:\n", differs.Message);
        Assert.Contains(cause, differs.Message[differs.Message.IndexOf("cause:", StringComparison.Ordinal)..]);
    }

    [Fact]
    public async Task Requests_OverUdpThatLosesAThirdEachWay_AllAreAnsweredRight()
    {
        var options = new SimulatedNetworkOptions { Trace = new NetworkTraceOptions { IsEnabled = false } };
        var answered = 0;
        await Testing.Simulation.RunAsync(
            30,
            async network =>
            {
                var (server, client) = (network.AddHost("server"), network.AddHost("client"));
                await using var listener = await server.Udp().ListenAsync(server.EndPoint(80), Uppercase);
                network.SetConditions(
                    "client", "server", NetworkConditions.Parse("delay 5ms 2ms loss 30% duplicate 2%"));
                await using var requests = new RequestClient(
                    client.Udp(new UdpTransportOptions { MaxMessageBytes = 100 }),
                    server.EndPoint(80),
                    new RequestClientOptions { Timeout = TimeSpan.FromMinutes(5) });
                await Task.WhenAll(Enumerable.Range(0, 10_000).Select(async number =>
                {
                    var text = number.ToString(CultureInfo.InvariantCulture);
                    Assert.Equal(text, await requests.RequestAsync(text));
                    answered++;
                }));
                Assert.True(network.Time.Elapsed > TimeSpan.FromMinutes(0.5));
            },
            options);

        Assert.Equal(10_000, answered);
    }

    [Fact]
    public Task Run_AnHourWithAMessagePerSecond_TakesNoTime() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Uppercase);
        network.SetConditions("client", "server", NetworkConditions.Parse("delay 20ms"));
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        for (var second = 0; second < 3600; second++)
        {
            await connection.SendAsync("tick");
            Assert.Equal("tick", await connection.ReceiveTextAsync());
            await Task.Delay(TimeSpan.FromSeconds(1), network.Time);
        }

        Assert.True(network.Time.Elapsed > TimeSpan.FromHours(1));
    });

    private static async Task MixedAsync(SimulatedNetwork network)
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var udp = await server.Udp().ListenAsync(server.EndPoint(80), Uppercase);
        await using var tcp = await server.Tcp().ListenAsync(server.EndPoint(80), Uppercase);
        network.SetConditions(
            "client", "server", NetworkConditions.Parse("delay 20ms 10ms 25% loss 10% duplicate 2% reorder 5%"));
        await using var datagrams = new RequestClient(
            client.Udp(), server.EndPoint(80), new RequestClientOptions { MaxConcurrentRequests = 2 });
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async number =>
        {
            await Task.Yield();
            var text = string.Create(CultureInfo.InvariantCulture, $"request {number}");
            Assert.Equal(text, await datagrams.RequestAsync(text));
        }));
        for (var number = 0; number < 5; number++)
        {
            await connection.SendAsync(new string('x', 2000));
        }

        for (var number = 0; number < 5; number++)
        {
            Assert.Equal(2000, (await connection.ReceiveTextAsync()).Length);
        }
    }
}

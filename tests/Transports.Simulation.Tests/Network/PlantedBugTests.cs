using System.Globalization;
using Transports.Framing;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>Bugs that everybody writes once: each must be found within 1,000 seeds, and shrunk to three
/// faults.</summary>
public class PlantedBugTests
{
    private static readonly IMessageHandler Uppercase = MessageHandler.FromText(text => text.ToUpperInvariant());

    [Fact]
    public Task Explore_HandlerThatTakesAReadForAMessage_IsFound() => AssertFoundAsync(ReadIsMessageAsync);

    [Fact]
    public Task Explore_ClientThatTakesALateReplyForTheNext_IsFound() => AssertFoundAsync(LateReplyAsync);

    [Fact]
    public Task Explore_ServerThatForgetsToDrain_IsFound() => AssertFoundAsync(NoDrainAsync);

    [Fact]
    public async Task Exhaustive_ClientThatTakesALateReplyForTheNext_IsFound()
    {
        var found = await Assert.ThrowsAsync<SimulationException>(
            () => Testing.Simulation.ExhaustiveAsync(4, LateReplyAsync, delay: TimeSpan.FromMilliseconds(60)));

        Assert.Contains("Simulation.ReplayAsync", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exhaustive_SoundScenario_TriesEveryPair()
    {
        var runs = await Testing.Simulation.ExhaustiveAsync(3, async network =>
        {
            var (server, client) = (network.AddHost("server"), network.AddHost("client"));
            await using var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Uppercase);
            await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
            await connection.SendAsync("hello");
            Assert.Equal("HELLO", await connection.ReceiveTextAsync());
        });

        Assert.Equal(1 + (3 * 3) + (3 * 9), runs);
    }

    private static async Task AssertFoundAsync(Func<SimulatedNetwork, Task> scenario)
    {
        var found = await Assert.ThrowsAsync<SimulationException>(
            () => Testing.Simulation.ExploreAsync(1000, scenario));
        var words = found.Message[(found.Message.IndexOf("Seed ", StringComparison.Ordinal) + 5)..];
        var seed = ulong.Parse(words[..words.IndexOf('.', StringComparison.Ordinal)], CultureInfo.InvariantCulture);

        var shrunk = await Testing.Simulation.ShrinkAsync(seed, scenario);

        Assert.True(shrunk.Faults.Count <= 3, shrunk.ToString());
        await Assert.ThrowsAsync<SimulationException>(
            () => Testing.Simulation.ReplayAsync(seed, shrunk.Faults, scenario));
    }

    private static async Task ReadIsMessageAsync(SimulatedNetwork network)
    {
        var options = new TcpTransportOptions { Framing = MessageFraming.Raw };
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        var handler = MessageHandler.FromText(text => $"<{text}>");
        await using var listener = await server.Tcp(options).ListenAsync(server.EndPoint(80), handler);
        await using var connection = await client.Tcp(options).ConnectAsync(server.EndPoint(80));
        await connection.SendAsync("a sentence of some length");
        Assert.Equal("<a sentence of some length>", await connection.ReceiveTextAsync());
    }

    private static async Task LateReplyAsync(SimulatedNetwork network)
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await server.Udp().ListenAsync(server.EndPoint(80), Uppercase);
        network.SetConditions("client", "server", NetworkConditions.Parse("delay 20ms loss 5% duplicate 5%"));
        await using var connection = await client.Udp().ConnectAsync(server.EndPoint(80));
        for (var number = 0; number < 5; number++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"request {number}");
            Assert.Equal(text.ToUpperInvariant(), await AskAsync(network, connection, text));
        }
    }

    /// <summary>The bug: whatever comes is the reply.</summary>
    private static async Task<string> AskAsync(SimulatedNetwork network, IConnection connection, string text)
    {
        var reply = connection.ReceiveTextAsync().AsTask();
        while (!reply.IsCompleted)
        {
            await connection.SendAsync(text);
            await Task.WhenAny(reply, Task.Delay(TimeSpan.FromMilliseconds(200), network.Time));
        }

        return await reply;
    }

    private static async Task NoDrainAsync(SimulatedNetwork network)
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Uppercase);
        network.SetConditions("client", "server", NetworkConditions.Parse("delay 10ms loss 5%"));
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        var stopping = StopAsync();
        for (var number = 0; number < 3; number++)
        {
            await connection.SendAsync("hello");
            Assert.Equal("HELLO", await connection.ReceiveTextAsync());
        }

        await stopping;

        async Task StopAsync()
        {
            // The bug: it knows that three requests take 60 ms, and does not wait for those that take longer.
            await Task.Delay(TimeSpan.FromMilliseconds(150), network.Time);
            await listener.StopAsync(new CancellationToken(canceled: true));
        }
    }
}

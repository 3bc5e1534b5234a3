using System.Net;
using System.Text;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>What can go wrong with a TCP connection, each with nothing but links, rules and streams.</summary>
public class StreamFaultTests
{
    private static readonly IMessageHandler Echo = MessageHandler.FromText(text => text);

    [Fact]
    public Task CompleteSends_HalfClosed_TheReplyStillArrives() => RunAsync(async (_, server, client) =>
    {
        await using var stream = await client.OpenStreamAsync(server);
        await stream.SendAsync("hello"u8.ToArray());
        await stream.CompleteSendsAsync();

        // No line feed: the server knows from the end of the stream that this was a message.
        Assert.Equal("hello\n", await ReadToEndAsync(stream));
    });

    [Fact]
    public Task Close_FinIsDelayed_IsSlow() => RunAsync(async (network, server, client) =>
    {
        var connection = await client.Tcp().ConnectAsync(server);
        using var rule = network.Link("server", "client").AddRule(packet =>
            packet.Flags.HasFlag(TcpFlags.Fin) ? Verdict.DeliverAfter(TimeSpan.FromSeconds(10)) : Verdict.Pass);
        var slow = connection.DisposeAsync().AsTask();
        var started = network.Time.Elapsed;
        await slow;
        Assert.InRange(network.Time.Elapsed - started, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        await network.RunForAsync(TimeSpan.FromSeconds(20));
        Assert.DoesNotContain("FIN", network.ToSnapshot(), StringComparison.Ordinal);
    });

    [Fact]
    public Task ResetAfter_SoManyBytes_CutsTheConnection() => RunAsync(async (network, server, client) =>
    {
        await using var connection = await client.Tcp().ConnectAsync(server);
        using var cut = network.Link("client", "server").ResetAfter(100);
        await connection.SendAsync(new string('x', 90));
        Assert.Equal(90, (await connection.ReceiveTextAsync()).Length);
        await connection.SendAsync(new string('x', 90));
        Assert.Equal(CloseReason.RemoteReset, await connection.Completion);

        // Counted for each connection.
        await using var second = await client.Tcp().ConnectAsync(server);
        await second.SendAsync("again");
        Assert.Equal("again", await second.ReceiveTextAsync());
        network.Trace.AssertFired(NetworkFault.Reset);
    });

    [Fact]
    public Task Connect_SynsAreLost_HangsUntilTheyAreNot() => RunAsync(async (network, server, client) =>
    {
        var blackhole = network.Link("client", "server").Partition();
        var connecting = client.Tcp().ConnectAsync(server).AsTask();
        await network.RunForAsync(TimeSpan.FromSeconds(5));
        Assert.False(connecting.IsCompleted);
        Assert.Contains("SYN_SENT", network.ToSnapshot(), StringComparison.Ordinal);

        blackhole.Dispose();
        await using var connection = await connecting;
        Assert.InRange(network.Time.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));
    });

    [Fact]
    public Task Mtu_BecomesSmallerMeanwhile_EverythingArrives() => RunAsync(async (network, server, client) =>
    {
        network.SetConditions("client", "server", NetworkConditions.Parse("delay 10ms"));
        await using var connection = await client.Tcp().ConnectAsync(server);
        var text = new string('x', 40_000);
        await connection.SendAsync(text);
        network.SetConditions("client", "server", NetworkConditions.Parse("delay 10ms mtu 576"));
        await connection.SendAsync(text);
        Assert.Equal(text, await connection.ReceiveTextAsync());
        Assert.Equal(text, await connection.ReceiveTextAsync());
        Assert.Contains(network.Trace.Events, item => item.PayloadBytes == 536);
    });

    [Fact]
    public Task Connect_AllPortsAreTaken_Fails() => RunAsync(
        async (_, server, client) =>
        {
            var first = await client.Tcp().ConnectAsync(server);
            await using var second = await client.Tcp().ConnectAsync(server);
            await Assert.ThrowsAsync<ConnectionFailedException>(async () => await client.Tcp().ConnectAsync(server));

            first.Abort();
            await using var third = await client.Tcp().ConnectAsync(server);
        },
        new SimulatedNetworkOptions { EphemeralPorts = 2 });

    [Fact]
    public Task Replay_DeliveredSegment_IsTakenOnce() => RunAsync(async (network, server, client) =>
    {
        SimulatedPacket? seen = null;
        using var rule = network.Link("client", "server").AddRule(packet =>
        {
            seen = packet.Payload.Length > 0 ? packet : seen;
            return Verdict.Pass;
        });
        await using var connection = await client.Tcp().ConnectAsync(server);
        await connection.SendAsync("once");
        Assert.Equal("once", await connection.ReceiveTextAsync());

        network.Link("client", "server").Replay(seen!);
        await network.WhenIdleAsync();
        await connection.SendAsync("twice");
        Assert.Equal("twice", await connection.ReceiveTextAsync());
        network.Trace.AssertFired(NetworkFault.Duplicate);
    });

    private static async Task<string> ReadToEndAsync(ByteStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[100];
        while (await stream.ReceiveAsync(buffer, CancellationToken.None) is > 0 and var count)
        {
            text.Append(Encoding.UTF8.GetString(buffer.AsSpan(0, count)));
        }

        return text.ToString();
    }

    private static async Task RunAsync(
        Func<SimulatedNetwork, IPEndPoint, SimulatedHost, Task> test,
        SimulatedNetworkOptions? options = null) => await Testing.Simulation.RunAsync(
        1,
        async network =>
        {
            var (server, client) = (network.AddHost("server"), network.AddHost("client"));
            await using var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Echo);
            await test(network, server.EndPoint(80), client);
        },
        options);
}

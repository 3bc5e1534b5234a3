using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

public class TcpTests
{
    private static readonly IMessageHandler Echo = MessageHandler.FromText(text => text);

    [Fact]
    public Task Connect_NobodyListens_IsRefused() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        var failed = await Assert.ThrowsAsync<ConnectionFailedException>(
            async () => await client.Tcp().ConnectAsync(server.EndPoint(80)));
        Assert.Contains("Nobody listens", failed.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, network.Time.Elapsed);
    });

    [Fact]
    public Task Connect_HostIsDown_HangsUntilTheTimeout() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        server.Crash();
        await Assert.ThrowsAsync<ConnectionFailedException>(
            async () => await client.Tcp().ConnectAsync(server.EndPoint(80)));
        Assert.Equal(TimeSpan.FromSeconds(15), network.Time.Elapsed);
    });

    [Fact]
    public Task Connect_BacklogIsFull_Hangs() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var first = await ListenWithBacklogAsync(server, 1);
        await using var one = await client.OpenStreamAsync(server.EndPoint(80));
        await Assert.ThrowsAsync<ConnectionFailedException>(
            async () => await client.Tcp().ConnectAsync(server.EndPoint(80)));
        Assert.Equal(TimeSpan.FromSeconds(15), network.Time.Elapsed);
    });

    [Fact]
    public Task Send_EveryTenthSegmentIsLost_AllArrivesInOrder() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Echo);
        network.SetConditions(
            "client", "server", NetworkConditions.Parse("delay 10ms loss 10% reorder 5% duplicate 2%"));
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        for (var number = 0; number < 50; number++)
        {
            await connection.SendAsync($"{number} {new string('x', 5000)}");
        }

        for (var number = 0; number < 50; number++)
        {
            Assert.StartsWith($"{number} ", await connection.ReceiveTextAsync(), StringComparison.Ordinal);
        }

        Assert.Contains(network.Trace.Events, item => item.Kind == NetworkEventKind.Retransmitted);
    });

    [Fact]
    public Task Receive_PeerWasRestarted_IsReset() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Echo);
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        await server.RestartAsync();
        Assert.False(connection.Completion.IsCompleted);
        await connection.SendAsync("anybody?");
        Assert.Equal(CloseReason.RemoteReset, await connection.Completion);
        await listener.DisposeAsync();
    });

    [Fact]
    public Task Send_PeerDiesSilently_FailsWhenAllTriesAreUsedUp() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Echo);
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        server.Crash();
        await connection.SendAsync("anybody?");
        Assert.Equal(CloseReason.TransportFailed, await connection.Completion);
        Assert.InRange(network.Time.Elapsed, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30));
        await listener.DisposeAsync();
    });

    [Fact]
    public Task Rule_Reset_EndsBothSides() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Echo);
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        using var rule = network.Link("client", "server").AddRule(_ => Verdict.Reset);
        await connection.SendAsync("hello");
        Assert.Equal(CloseReason.RemoteReset, await connection.Completion);
    });

    [Fact]
    public Task Send_PeerDoesNotRead_WaitsForItsWindow() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await ListenWithBacklogAsync(server, 10);
        await using var stream = await client.OpenStreamAsync(server.EndPoint(80));
        await using var peer = await listener.AcceptAsync(CancellationToken.None);
        var sending = stream.SendAsync(new byte[500_000]).AsTask();
        await network.RunForAsync(TimeSpan.FromMinutes(1));
        Assert.False(sending.IsCompleted);
        Assert.Contains("send", network.ToSnapshot(), StringComparison.Ordinal);

        var buffer = new byte[100_000];
        var received = 0;
        while (received < 500_000)
        {
            received += await peer.ReceiveAsync(buffer, CancellationToken.None);
        }

        await sending;
    });

    [Fact]
    public Task Corrupt_Segment_IsLostAndSentAgain() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Echo);
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        using var rule = network.Link("client", "server").AddRule(
            packet => packet.Payload.Length > 0 && !packet.IsRetransmission ? Verdict.Corrupt : Verdict.Pass);
        await connection.SendAsync("hello");
        Assert.Equal("hello", await connection.ReceiveTextAsync());
        Assert.True(network.Time.Elapsed >= TimeSpan.FromMilliseconds(200));
    });

    private static async Task<IByteStreamListener> ListenWithBacklogAsync(SimulatedHost server, int backlog)
    {
        await server.Network.Loop.Switch();
        return server.Streams.Listen(0, 80, backlog);
    }
}

using Transports;

namespace Outsider;

/// <summary>An outsider's transport, framing, middleware and handler together in one server.</summary>
public sealed class ServerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Server_OfForeignPartsOnly_Works()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions { Framing = new NetstringFraming() });
        var handler = new ReverseHandler();
        await using var server = TransportServer.Create("outsider", outsider => outsider
            .Listen(transport, new InMemoryEndPoint("outsider"))
            .Use(new RefuseEmptyMessages())
            .Handle(handler));
        await server.StartAsync();

        await using var client = await transport.ConnectAsync(Assert.Single(server.Listeners).LocalEndPoint);
        await client.SendAsync("");
        await client.SendAsync("abc");

        Assert.Equal("empty", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
        Assert.Equal("cba", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
        Assert.Equal(1, handler.Connected);
        await server.StopAsync();
        Assert.Equal(CloseReason.RemoteClosed, await client.Completion.WaitAsync(Limit));
    }
}

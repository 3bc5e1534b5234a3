using Transports;
using static Samples.Tests.Chat.ChatRoom;

namespace Samples.Tests.RealPeers;

public sealed class ChatTests
{
    [Fact]
    public async Task TwoEndpoints_AreOneRoom()
    {
        await using var server = await SampleServer.StartAsync("Chat", ["tcp://127.0.0.1:0", "tcp://[::1]:0"]);
        await using var ann = await TransportEndpoint.Parse(server.Uris[0]).ConnectAsync();
        Assert.StartsWith("* you are guest1", await HearAsync(ann), StringComparison.Ordinal);
        await using var bob = await TransportEndpoint.Parse(server.Uris[1]).ConnectAsync();
        Assert.StartsWith("* you are guest2", await HearAsync(bob), StringComparison.Ordinal);
        Assert.Equal("* guest2 has joined", await HearAsync(ann));

        await bob.SendAsync("hello");

        Assert.Equal("guest2: hello", await HearAsync(ann));
    }

    [Fact]
    public async Task Datagram_IsToldThatItCannotEnter()
    {
        await using var server = await SampleServer.StartAsync("Chat", ["udp://127.0.0.1:0"]);
        await using var connection = await TransportEndpoint.Parse(server.Uris[0]).ConnectAsync();

        await connection.SendAsync("hello");

        Assert.Equal("* only those who connect can enter this room", await HearAsync(connection));
    }

    [ProgramFact("nc")]
    public async Task Netcat_HearsAndSays()
    {
        await using var server = await SampleServer.StartAsync("Chat", ["tcp://127.0.0.1:0?framing=lines"]);
        await using var connection = await TransportEndpoint.Parse(server.Uris[0]).ConnectAsync();
        await HearAsync(connection);
        await using var netcat = RunningProgram.Start("nc", "127.0.0.1", server.Port);
        Assert.Equal("* guest2 has joined", await HearAsync(connection));
        Assert.StartsWith("* you are guest2", await netcat.ReadLineAsync(), StringComparison.Ordinal);

        await connection.SendAsync("hello");
        Assert.Equal("guest1: hello", await netcat.ReadLineAsync());
        await netcat.WriteAsync("hi\n");
        Assert.Equal("guest2: hi", await HearAsync(connection));
    }
}

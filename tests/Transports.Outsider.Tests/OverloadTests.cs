using System.Net;
using Transports;
using Transports.Requests;

namespace Outsider;

/// <summary>
/// Calls as people write them: each must compile, and choose the overload that they mean. An overload that is added
/// and makes one of them ambiguous breaks the build here, not theirs.
/// </summary>
public sealed class OverloadTests
{
    private static readonly InMemoryEndPoint Shout = new("shout");

    private readonly IMessageHandler _shout = MessageHandler.FromText(text => text.ToUpperInvariant());

    [Fact]
    public async Task RequestAsync_HoweverItsTokenIsWritten_GivesTheReply()
    {
        var transport = new InMemoryTransport();
        await using var listener = await transport.ListenAsync(Shout, _shout, default);
        await using var client = new RequestClient(transport, Shout);
        var request = "hello"u8.ToArray();

        ReadOnlyMemory<byte>[] replies =
        [
            await client.RequestAsync(request),
            await client.RequestAsync(request, default),
            await client.RequestAsync(request, CancellationToken.None),
            await client.RequestAsync(request, cancellationToken: default),
            await client.RequestAsync(request.AsMemory(), default),
        ];

        Assert.All(replies, reply => Assert.Equal("HELLO"u8, reply.Span));
        Assert.Equal("HELLO", await client.RequestAsync("hello", default));
    }

    [Fact]
    public async Task SendAndReply_OfBytesAndTexts_ArriveAsTheyAre()
    {
        var transport = new InMemoryTransport();
        var handler = MessageHandler.Create((context, _) => ReplyInEveryWayAsync(context));
        await using var listener = await transport.ListenAsync(Shout, handler);
        await using var client = await transport.ConnectAsync(listener.LocalEndPoint, default);

        await client.SendAsync("e", default);
        await client.SendAsync("f"u8.ToArray(), default);

        var received = new List<string>();
        while (received.Count < 10)
        {
            received.Add(await client.ReceiveTextAsync(default));
        }

        Assert.Equal(["a", "b", "c", "d", "e", "a", "b", "c", "d", "f"], received);
    }

    [Fact]
    public void Constructors_WithAndWithoutWhatIsOptional_Compile()
    {
        ITransport[] transports =
        [
            new TcpTransport(),
            new TcpTransport(new()),
            new TcpTransport(null, null, null),
            new TcpTransport(new TcpTransportOptions(), null, TimeProvider.System),
            new TcpTransport(new() { MaxMessageBytes = 65_536 }, loggerFactory: null),
            new TcpTransport(timeProvider: TimeProvider.System),
        ];
        ITransport[] others =
        [
            new UdpTransport(),
            new UdpTransport(new()),
            new UdpTransport(new() { MaxMessageBytes = 512 }),
            new UdpTransport(new UdpTransportOptions(), loggerFactory: null, timeProvider: null),
            new InMemoryTransport(),
            new InMemoryTransport(new(), null, null),
        ];
        var (scheme, boundaries, ordered, reliable, connects, max) = transports[0].Capabilities;

        Assert.All(transports, transport => Assert.Equal(
            new TransportCapabilities(scheme, boundaries, ordered, reliable, connects, max), transport.Capabilities));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 1), new TransportEndpoint(
            others[0], new IPEndPoint(IPAddress.Loopback, 1)).EndPoint);
    }

    [Fact]
    public async Task RequestClient_WithAndWithoutWhatIsOptional_Compiles()
    {
        var transport = new InMemoryTransport();
        await using var listener = await transport.ListenAsync(Shout, _shout);
        RequestClient[] clients =
        [
            new(transport, Shout),
            new(transport, Shout, new()),
            new(transport, Shout, new() { Timeout = TimeSpan.FromSeconds(9) }),
            new(transport, Shout, null, null, null),
            new(transport, Shout, timeProvider: TimeProvider.System),
        ];

        foreach (var client in clients)
        {
            Assert.Equal("HELLO", await client.RequestAsync("hello"));
            await client.DisposeAsync();
        }
    }

    private static async ValueTask ReplyInEveryWayAsync(MessageContext context)
    {
        await context.ReplyAsync("a"u8, CancellationToken.None);
        await context.ReplyAsync("b"u8.ToArray());
        await context.ReplyAsync([(byte)'c'], default);
        await context.ReplyAsync("d", default);
        await context.ReplyAsync(context.Payload.Span);
    }
}

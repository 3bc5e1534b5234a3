using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Udp;

public class UdpEchoTests
{
    public static TheoryData<string, string> Addresses
    {
        get
        {
            var pairs = new TheoryData<string, string> { { "127.0.0.1", "127.0.0.1" }, { "0.0.0.0", "127.0.0.1" } };
            if (Socket.OSSupportsIPv6)
            {
                pairs.Add("::1", "::1");
                pairs.Add("::", "::1");
                pairs.Add("::", "127.0.0.1");
                pairs.Add("::", "::ffff:127.0.0.1");
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Request_OverLoopback_IsAnswered(string listenOn, string connectTo)
    {
        foreach (var connectSocket in (bool[])[true, false])
        {
            var transport = new UdpTransport(new UdpTransportOptions { ConnectSocket = connectSocket });
            var peer = new TaskCompletionSource<EndPoint>();
            await using var listener = await transport.ListenAsync(
                new IPEndPoint(IPAddress.Parse(listenOn), 0),
                MessageHandler.Create((context, token) =>
                {
                    peer.TrySetResult(context.RemoteEndPoint);
                    return context.ReplyAsync(context.Text().ToUpperInvariant(), token);
                }));
            var port = ((IPEndPoint)listener.LocalEndPoint).Port;
            await using var client = await transport.ConnectAsync(new IPEndPoint(IPAddress.Parse(connectTo), port));

            await client.SendAsync("hello");

            Assert.Equal("HELLO", await client.ReceiveTextAsync().Soon());
            var seen = (IPEndPoint)await peer.Task.Soon();
            Assert.False(seen.Address.IsIPv4MappedToIPv6);
            Assert.Equal(((IPEndPoint)client.LocalEndPoint).Port, seen.Port);
            Assert.NotEqual(0, port);
        }
    }

    [Fact]
    public async Task Request_ByName_IsAnswered()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Handlers.Upper);
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        await using var client = await transport.ConnectAsync(new DnsEndPoint("localhost", port));

        await client.SendAsync("hello");

        Assert.Equal("HELLO", await client.ReceiveTextAsync().Soon());
        Assert.Equal(listener.LocalEndPoint, client.RemoteEndPoint);
    }

    [Fact]
    public async Task Request_FromAForeignSocket_IsAnswered()
    {
        await using var listener = await new UdpTransport(new UdpTransportOptions()).ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0), Handlers.Upper);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        await socket.SendToAsync("hello"u8.ToArray(), listener.LocalEndPoint);

        var buffer = new byte[100];
        var result = await socket.ReceiveFromAsync(buffer, listener.LocalEndPoint).Soon();
        Assert.Equal("HELLO"u8, buffer.AsSpan(0, result.ReceivedBytes));
        Assert.Equal(listener.LocalEndPoint, result.RemoteEndPoint);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_507)]
    public async Task Message_OfAnyLegalLength_GoesThroughBothWays(int length)
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Handlers.Echo);
        await using var client = await transport.ConnectAsync(listener.LocalEndPoint);
        var message = new byte[length];
        new Random(length).NextBytes(message);

        await client.SendAsync(message);

        Assert.Equal(message, (await client.ReceiveAsync().Soon()).ToArray());
    }

    [Fact]
    public async Task Message_OneByteTooLong_IsRefusedWithTheLimit()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var client = await transport.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 9));

        var thrown = await client.SendAsync(new byte[65_508]).Throws<MessageTooLongException>();

        Assert.Equal((65_508, 65_507), (thrown.Length, thrown.Limit));
        Assert.Contains("65507", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(65_507, transport.Capabilities.MaxMessageBytes);
    }

    [Fact]
    public async Task Message_OverAListenersLimit_IsDroppedNeverCut()
    {
        var small = new UdpTransport(new UdpTransportOptions { MaxMessageBytes = 5 });
        var lengths = new List<int>();
        await using var listener = await small.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0),
            MessageHandler.Create((context, token) =>
            {
                lengths.Add(context.Payload.Length);
                return context.ReplyAsync(context.Payload.Span, token);
            }));
        await using var client =
            await new UdpTransport(new UdpTransportOptions()).ConnectAsync(listener.LocalEndPoint);

        await client.SendAsync("123456");
        await client.SendAsync(new byte[65_507]);
        await client.SendAsync("12345");

        Assert.Equal("12345", await client.ReceiveTextAsync().Soon());
        Assert.Equal([5], lengths);
    }

    [Fact]
    public async Task Handlers_TwoThatWait_DoNotStopAThird()
    {
        var slow = new TaskCompletionSource();
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var listener = await transport.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0),
            MessageHandler.Create(async (context, token) =>
            {
                if (context.Text() == "slow")
                {
                    await slow.Task;
                }

                await context.ReplyAsync(context.Payload.Span, token);
            }));
        await using var first = await transport.ConnectAsync(listener.LocalEndPoint);
        await using var second = await transport.ConnectAsync(listener.LocalEndPoint);
        await using var third = await transport.ConnectAsync(listener.LocalEndPoint);

        await first.SendAsync("slow");
        await second.SendAsync("slow");
        await third.SendAsync("quick");

        Assert.Equal("quick", await third.ReceiveTextAsync().Soon());
        slow.SetResult();
        Assert.Equal("slow", await first.ReceiveTextAsync().Soon());
        Assert.Equal("slow", await second.ReceiveTextAsync().Soon());
    }

    [Fact]
    public async Task Receive_UnconnectedAndFromSomebodyElse_IsDropped()
    {
        var transport = new UdpTransport(new UdpTransportOptions { ConnectSocket = false });
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Handlers.Upper);
        await using var client = await transport.ConnectAsync(listener.LocalEndPoint);
        var port = ((IPEndPoint)client.LocalEndPoint).Port;
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        await stranger.SendToAsync("forged"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, port));
        await client.SendAsync("real");

        Assert.Equal("REAL", await client.ReceiveTextAsync().Soon());
    }
}

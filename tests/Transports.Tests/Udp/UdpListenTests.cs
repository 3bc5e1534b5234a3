using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Udp;

public class UdpListenTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Listen_WhereSomebodyDoes_ThrowsAddressInUse()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var listener = await transport.ListenAsync(AnyPort, Handlers.Upper);

        var thrown = await transport.ListenAsync(listener.LocalEndPoint, Handlers.Upper)
            .Throws<AddressInUseException, IListener>();

        Assert.Contains(listener.LocalEndPoint.ToString()!, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listen_AddressOfAnotherMachine_ThrowsTransportException()
    {
        var transport = new UdpTransport(new UdpTransportOptions());

        await transport.ListenAsync(new IPEndPoint(IPAddress.Parse("203.0.113.1"), 0), Handlers.Upper)
            .Throws<TransportException, IListener>();
    }

    [Fact]
    public async Task ListenAndConnect_AnotherKindOfEndPoint_ThrowArgumentException()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        var unix = new UnixDomainSocketEndPoint("somewhere");

        await transport.ListenAsync(unix, Handlers.Upper).Throws<ArgumentException, IListener>();
        await transport.ListenAsync(new DnsEndPoint("localhost", 1), Handlers.Upper)
            .Throws<ArgumentException, IListener>();
        await transport.ConnectAsync(unix).Throws<ArgumentException, IConnection>();
    }

    [Fact]
    public async Task ListenAndConnect_Cancelled_Throw()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        var cancelled = new CancellationToken(true);

        await transport.ListenAsync(AnyPort, Handlers.Upper, cancelled)
            .Throws<OperationCanceledException, IListener>();
        await transport.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 9), cancelled)
            .Throws<OperationCanceledException, IConnection>();
    }

    [Theory]
    [InlineData("255.255.255.255")]
    [InlineData("a-name-with-a-part-that-is-longer-than-the-sixty-three-bytes-of-dns.invalid")]
    public async Task Connect_WhereNoWayLeads_ThrowsConnectionFailed(string host)
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        EndPoint remote = IPAddress.TryParse(host, out var address)
            ? new IPEndPoint(address, 9)
            : new DnsEndPoint(host, 9);

        await transport.ConnectAsync(remote).Throws<ConnectionFailedException, IConnection>();
    }

    [Fact]
    public async Task Restart_OnTheSamePort_ServesAgain()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        EndPoint endPoint = AnyPort;
        for (var round = 0; round < 5; round++)
        {
            var listener = await transport.ListenAsync(endPoint, Handlers.Upper);
            endPoint = listener.LocalEndPoint;
            await using var client = await transport.ConnectAsync(endPoint);
            await client.SendAsync("again");
            Assert.Equal("AGAIN", await client.ReceiveTextAsync().Soon());
            await listener.StopAsync().Soon();
            Assert.True(listener.Completion.IsCompletedSuccessfully);
        }
    }

    [Fact]
    public async Task Stop_WhileABlockedReceiveWaits_Ends()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        var listeners = new List<IListener>();
        for (var index = 0; index < 20; index++)
        {
            listeners.Add(await transport.ListenAsync(AnyPort, Handlers.Upper));
        }

        await Task.WhenAll(listeners.Select(listener => listener.DisposeAsync().Soon()));

        Assert.All(listeners, listener => Assert.True(listener.Completion.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Connect_BeforeTheServerIsThere_WorksOnceItIs()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        var reserved = await transport.ListenAsync(AnyPort, Handlers.Upper);
        var endPoint = reserved.LocalEndPoint;
        await reserved.StopAsync();

        await using var client = await transport.ConnectAsync(endPoint);
        for (var index = 0; index < 50; index++)
        {
            // Each is answered by ICMP, which a later send or receive is told of.
            await client.SendAsync("nobody there").Soon();
        }

        await using var listener = await transport.ListenAsync(endPoint, Handlers.Upper);
        await client.SendAsync("hello").Soon();

        // The last of a burst may leave only now.
        var replies = new List<string>();
        while (!replies.Contains("HELLO"))
        {
            replies.Add(await client.ReceiveTextAsync().Soon());
        }

        Assert.False(client.Completion.IsCompleted);
    }

    [Fact]
    public async Task Peers_ThatAreGoneBeforeTheReply_DoNotHarmTheListener()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var listener = await transport.ListenAsync(AnyPort, Handlers.Upper);
        for (var index = 0; index < 50; index++)
        {
            var gone = await transport.ConnectAsync(listener.LocalEndPoint);
            await gone.SendAsync("bye");
            await gone.DisposeAsync();
        }

        await using var client = await transport.ConnectAsync(listener.LocalEndPoint);
        await client.SendAsync("hello");

        Assert.Equal("HELLO", await client.ReceiveTextAsync().Soon());
        Assert.False(listener.Completion.IsCompleted);
    }

    [Fact]
    public async Task Listen_WithAHugeReceiveBuffer_WarnsOnceWhenItIsClamped()
    {
        var logs = new LogCollector();
        var transport = new UdpTransport(new UdpTransportOptions { ReceiveBufferBytes = 1 << 30 }, logs);

        await using var first = await transport.ListenAsync(AnyPort, Handlers.Upper);
        await using var second = await transport.ListenAsync(AnyPort, Handlers.Upper);

        Assert.Single(logs.Named("ReceiveBufferClamped"));
    }

    [Fact]
    public async Task Listen_WithASmallReceiveBuffer_DoesNotWarn()
    {
        var logs = new LogCollector();
        var options = new UdpTransportOptions { ReceiveBufferBytes = 64 * 1024, SendBufferBytes = 70_000 };

        await using var listener = await new UdpTransport(options, logs).ListenAsync(AnyPort, Handlers.Upper);

        Assert.Empty(logs.Named("ReceiveBufferClamped"));
    }

    [Fact]
    public async Task Wake_WhileAReceiveBlocks_EndsIt()
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.Any, IPAddress.IPv6Any])
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
            {
                continue;
            }

            using var socket = UdpSocket.Bind(new IPEndPoint(address, 0), new UdpTransportOptions());
            await using var channel = new BlockingUdpChannel(socket, new MachineAddresses(TimeProvider.System));
            var slot = new Datagram(new byte[10], new SocketAddress(address.AddressFamily)) { Length = 10 };
            var receive = Task.Run(async () => await channel.ReceiveAsync(new[] { slot }, CancellationToken.None));

            channel.Wake();

            Assert.Equal(1, await receive.Soon());
            Assert.Equal(0, slot.Length);
        }
    }

    [Fact]
    public void Options_ThatCannotBe_AreAllNamed()
    {
        var options = new UdpTransportOptions
        {
            MaxMessageBytes = 65_508,
            MaxConcurrentMessages = 0,
            ReceiveBufferBytes = -1,
            SendBufferBytes = -1,
        };

        var thrown = Assert.Throws<ArgumentException>(() => new UdpTransport(options));

        Assert.All(
            ["MaxMessageBytes", "MaxConcurrentMessages", "ReceiveBufferBytes", "SendBufferBytes"],
            name => Assert.Contains(name, thrown.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Capabilities_SayWhatUdpPromises() => Assert.Equal(
        new TransportCapabilities("udp", true, false, false, false, 1000),
        new UdpTransport(new UdpTransportOptions { MaxMessageBytes = 1000 }).Capabilities);
}

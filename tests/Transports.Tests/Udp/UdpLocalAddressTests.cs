using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;

namespace Transports.Tests.Udp;

/// <summary>
/// A listener on all addresses answers from the one that was asked. All of 127.0.0.0/8 is this machine.
/// </summary>
public sealed class UdpLocalAddressTests
{
    private static readonly UdpTransport Transport = new(new UdpTransportOptions { Driver = TransportDriver.Reactor });

    [LinuxTheory]
    [InlineData("0.0.0.0", "127.0.0.2", "127.0.0.3")]
    [InlineData("::", "127.0.0.2", "::1")]
    [InlineData("::", "127.0.0.2", "127.0.0.3")]
    public async Task Wildcard_AskedAtSeveralAddresses_AnswersFromEach(string listenOn, string first, string second)
    {
        if (listenOn == "::" && !Socket.OSSupportsIPv6)
        {
            return;
        }

        var asked = new ConcurrentBag<EndPoint>();
        await using var listener = await Transport.ListenAsync(
            new IPEndPoint(IPAddress.Parse(listenOn), 0),
            MessageHandler.Create(async (context, token) =>
            {
                asked.Add(context.LocalEndPoint);
                Assert.Equal(context.LocalEndPoint, context.Connection.LocalEndPoint);
                await context.ReplyAsync(context.Payload.Span, token);
                await context.Connection.SendAsync("by the view"u8.ToArray(), token);
            }));
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        foreach (var address in (string[])[first, second, first])
        {
            var server = new IPEndPoint(IPAddress.Parse(address), port);

            // A connected socket takes nothing but what comes from where it sends to.
            await using var client = await Transport.ConnectAsync(server);
            await client.SendAsync("which are you?");

            var replies = new[] { await client.ReceiveTextAsync().Soon(), await client.ReceiveTextAsync().Soon() };
            Assert.Equal(["by the view", "which are you?"], replies.Order());
            Assert.Contains(server, asked);
        }
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wildcard_OnePeerAsksTwoAddressesInABurst_NeverJoinsTheirReplies(bool waits)
    {
        // Longer than a batch, of one size and from one socket: whatever can be joined on either side is.
        const int Messages = 400;
        await using var listener = await Transport.ListenAsync(
            new IPEndPoint(IPAddress.Any, 0),
            MessageHandler.Create(async (context, token) =>
            {
                if (waits && context.Payload.Span[3] % 2 == 0)
                {
                    await Task.Yield();
                }

                await context.ReplyAsync(context.Payload.Span, token);
            }));
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 4 * 1024 * 1024,
            ReceiveTimeout = 30_000,
        };
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        for (var index = 0; index < Messages; index++)
        {
            var host = (byte)(2 + (index / 3 % 2));
            byte[] request = [host, 0, (byte)(index >> 8), (byte)index];
            socket.SendTo(request, new IPEndPoint(new IPAddress([127, 0, 0, host]), port));
        }

        var buffer = new byte[100];
        var seen = new HashSet<int>();
        while (seen.Count < Messages)
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            Assert.Equal(4, socket.ReceiveFrom(buffer, ref from));
            Assert.Equal(new IPEndPoint(new IPAddress([127, 0, 0, buffer[0]]), port), from);
            Assert.True(seen.Add((buffer[2] << 8) | buffer[3]));
        }
    }

    [LinuxFact]
    public async Task OneAddress_AsksTheSystemNothing_AndSaysTheBoundOne()
    {
        var local = new TaskCompletionSource<EndPoint>();
        await using var listener = await Transport.ListenAsync(
            new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0),
            MessageHandler.Create((context, token) =>
            {
                local.TrySetResult(context.LocalEndPoint);
                return context.ReplyAsync("ok", token);
            }));
        await using var client = await Transport.ConnectAsync(listener.LocalEndPoint);
        await client.SendAsync("hello");

        Assert.Equal("ok", await client.ReceiveTextAsync().Soon());
        Assert.Same(listener.LocalEndPoint, await local.Task.Soon());
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.3.2.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("2001:db8::1", false)]
    public void MachineAddresses_OfLoopbackAndOthers_AreToldApart(string address, bool isOwn)
    {
        var machine = new MachineAddresses(TimeProvider.System);

        Assert.Equal(isOwn, machine.Contains(PeerAddress.ToKey(IPAddress.Parse(address))));
        Assert.All(
            Dns.GetHostAddresses("localhost"), own => Assert.True(machine.Contains(PeerAddress.ToKey(own))));
    }

    [LinuxFact]
    public void Send_ToTheBroadcastAddressOfASubnet_IsRefusedByTheSystem()
    {
        using var socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpTransportOptions());
        var batches = new BatchedUdpSocket(socket, isConnected: false);
        var broadcast = new Datagram(new byte[1], new IPEndPoint(IPAddress.Parse("127.255.255.255"), 9).Serialize());

        Assert.Equal(13, batches.Send([broadcast], out _));
    }
}

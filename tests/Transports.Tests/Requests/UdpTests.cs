using System.Net;
using System.Net.Sockets;
using System.Text;
using Transports.Requests;
using Transports.Testing;

namespace Transports.Tests.Requests;

/// <summary>Requests over real datagrams, with a peer that loses, doubles and delays them on purpose.</summary>
public class UdpTests
{
    private static readonly IMessageHandler Upper = MessageHandler.FromText(text => text.ToUpperInvariant());

    private readonly UdpTransport _transport = new(new UdpTransportOptions());

    [Fact]
    public async Task RequestAsync_ManyCallers_GetTheirReplies()
    {
        await using var listener = await _transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Upper);
        await using var client = new RequestClient(_transport, listener.LocalEndPoint, Waiting.PatientOptions);

        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(number => Task.Run(async () =>
            (Expected: $"TEXT {number}", Real: await client.RequestAsync($"text {number}"))))).Soon();

        Assert.All(replies, reply => Assert.Equal(reply.Expected, reply.Real));
    }

    [Fact]
    public async Task RequestAsync_FirstTransmissionsLost_IsAnsweredAtTheThird()
    {
        using var peer = Bind();
        var clock = new VirtualTimeProvider();
        await using var client = new RequestClient(
            _transport, peer.LocalEndPoint!, new RequestClientOptions(), timeProvider: clock);
        var request = client.RequestAsync("a").AsTask();
        await ReceiveAsync(peer);
        await AdvanceToNextTimerAsync(clock);
        await ReceiveAsync(peer);
        await AdvanceToNextTimerAsync(clock);
        var (_, sender) = await ReceiveAsync(peer);

        await peer.SendToAsync("A"u8.ToArray(), sender);

        Assert.Equal("A", await request.Soon());
        Assert.Equal(TimeSpan.FromMilliseconds(750), clock.Elapsed);
    }

    [Fact]
    public async Task RequestAsync_EveryReplyDoubledAndLate_IsNeverTakenForAnother()
    {
        using var peer = Bind();
        var clock = new VirtualTimeProvider();
        await using var client = new RequestClient(
            _transport, peer.LocalEndPoint!, new RequestClientOptions(), timeProvider: clock);
        var before = new List<(byte[] Reply, EndPoint Sender)>();

        for (var number = 0; number < 50; number++)
        {
            var request = client.RequestAsync($"{number}").AsTask();
            var (text, sender) = await ReceiveAsync(peer);
            Assert.Equal($"{number}", text);
            foreach (var (late, formerSender) in before)
            {
                await peer.SendToAsync(late, formerSender);
            }

            var reply = Encoding.UTF8.GetBytes($"reply to {text}");
            await peer.SendToAsync(reply, sender);
            await peer.SendToAsync(reply, sender);
            Assert.Equal($"reply to {number}", await request.Soon());
            before.Add((reply, sender));
        }
    }

    [Fact]
    public async Task RequestAsync_ServerStartsLater_IsAnsweredAllTheSame()
    {
        var reserved = Bind();
        var endPoint = (IPEndPoint)reserved.LocalEndPoint!;
        reserved.Dispose();
        var clock = new VirtualTimeProvider();
        await using var client = new RequestClient(
            _transport, endPoint, new RequestClientOptions(), timeProvider: clock);
        var request = client.RequestAsync("a").AsTask();
        await clock.WhenTimerAsync(2);

        using var peer = Bind(endPoint);
        await AdvanceToNextTimerAsync(clock);
        var (_, sender) = await ReceiveAsync(peer);
        await peer.SendToAsync("A"u8.ToArray(), sender);

        Assert.Equal("A", await request.Soon());
    }

    private static Socket Bind(IPEndPoint? endPoint = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(endPoint ?? new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static async Task<(string Text, EndPoint Sender)> ReceiveAsync(Socket peer)
    {
        var buffer = new byte[1000];
        var received = await peer.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0)).Soon();
        return (Encoding.UTF8.GetString(buffer, 0, received.ReceivedBytes), received.RemoteEndPoint);
    }

    /// <summary>Waits until the request waits for its deadline and for its interval, and moves the clock.</summary>
    private static async Task AdvanceToNextTimerAsync(VirtualTimeProvider clock)
    {
        await clock.WhenTimerAsync(2);
        clock.Advance(clock.NextTimerDueIn!.Value);
    }
}

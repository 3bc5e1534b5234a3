using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Transports.Diagnostics;
using Transports.Tests.Reactor;

namespace Transports.Tests.Udp;

/// <summary>A thread that has paused is told by its timer slack, which is 50 µs by default.</summary>
public class ShortPauseTests
{
    private const int GetTimerSlack = 30;

    [LinuxFact]
    public void Take_MakesTheWaitsOfItsThreadExact_AndOfNoOther()
    {
        var (before, after) = OnThreadOfItsOwn(ShortPause.Take);

        Assert.Equal(1, after);
        Assert.NotEqual(before, after);
        Assert.NotEqual(1, Slack());
    }

    [LinuxFact]
    public async Task Listener_ThatWasWokenForAFewAtATime_LetsDatagramsGather()
    {
        using var sender = NewSocket();
        using var receiver = NewSocket();
        var overflow = new OverflowReport(
            receiver.LocalEndPoint!, new TransportMetrics("udp"), NullLogger.Instance, TimeProvider.System);
        await using var channel = new BatchedUdpChannel(
            receiver, new UdpTransportOptions(), new MachineAddresses(TimeProvider.System), overflow);
        Datagram[] slots = [channel.NewSlot(new UdpTransportOptions()), channel.NewSlot(new UdpTransportOptions())];

        var received = 0;
        var (_, neverWaited) = OnThreadOfItsOwn(Receive);
        var soon = TimeProvider.System.TimestampFrequency / 50_000;
        for (var wait = 0; wait < 100; wait++)
        {
            channel.Coalescing.Begin(isEmpty: false);
            channel.Coalescing.End(count: 2, soon);
        }

        var (_, wasWoken) = OnThreadOfItsOwn(Receive);

        Assert.Equal(2, received);
        Assert.NotEqual(1, neverWaited);
        Assert.Equal(1, wasWoken);

        void Receive()
        {
            sender.SendTo([1, 2, 3], receiver.LocalEndPoint!);
            var receive = channel.ReceiveAsync(slots, CancellationToken.None);
            received += receive.IsCompletedSuccessfully ? receive.Result : 0;
        }
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = 30_000,
        };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    /// <returns>The slack of a new thread's timers before and after it has acted.</returns>
    private static (int Before, int After) OnThreadOfItsOwn(Action act)
    {
        var (before, after) = (0, 0);
        var thread = new Thread(() =>
        {
            before = Slack();
            act();
            after = Slack();
        });
        thread.Start();
        thread.Join();
        return (before, after);
    }

    private static int Slack() => LibC.ControlThread(GetTimerSlack, 0, 0, 0, 0);
}

using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Transports.Diagnostics;
using Transports.Tests.Reactor;

namespace Transports.Tests.Udp;

/// <summary>A thread that has paused is told by its timer slack.</summary>
public class ShortPauseTests
{
    private const int GetTimerSlack = 30;
    private const int UsualSlack = 50_000;

    [LinuxFact]
    public void Take_MakesTheWaitsOfItsThreadExact_AndOfNoOther()
    {
        var before = Slack();

        Assert.Equal(1, OnThreadOfItsOwn(ShortPause.Take));
        Assert.Equal(before, Slack());
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
        var neverWaited = OnThreadOfItsOwn(Receive);
        var soon = TimeProvider.System.TimestampFrequency / 50_000;
        for (var wait = 0; wait < 100; wait++)
        {
            channel.Coalescing.Begin(isEmpty: false);
            channel.Coalescing.End(count: 2, soon);
        }

        var wasWoken = OnThreadOfItsOwn(Receive);

        Assert.Equal(2, received);
        Assert.Equal(UsualSlack, neverWaited);
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

    /// <returns>The slack of a new thread's timers, in nanoseconds, when it has acted.</returns>
    private static int OnThreadOfItsOwn(Action act)
    {
        var slack = 0;
        var thread = new Thread(() =>
        {
            // It has that of the thread that made it, which may have paused.
            _ = LibC.ControlThread(LibC.SetTimerSlack, UsualSlack, 0, 0, 0);
            act();
            slack = Slack();
        });
        thread.Start();
        thread.Join();
        return slack;
    }

    private static int Slack() => LibC.ControlThread(GetTimerSlack, 0, 0, 0, 0);
}

using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;

namespace Transports.Tests.Udp;

/// <summary>What the kernel drops is counted, for all UDP of the process: so the test runs alone.</summary>
[Collection(SerialTests.Name)]
public sealed class UdpOverflowTests
{
    [LinuxFact]
    public async Task Overflow_OfTheReceiveBuffer_IsCountedToTheLastDatagram()
    {
        // 5,000 datagrams for a listener that does not read, and has room for few.
        const int Datagrams = 5_000;
        var anyPort = new IPEndPoint(IPAddress.Loopback, 0);
        using var gate = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        var handled = 0;
        var logs = new Datagrams.LogCollector();
        var transport = new UdpTransport(
            new UdpTransportOptions { Driver = TransportDriver.Reactor, ReceiveBufferBytes = 16 * 1024 }, logs);
        using var metrics = new MetricCollector("udp");
        await using var listener = await transport.ListenAsync(anyPort, MessageHandler.Create((context, token) =>
        {
            Interlocked.Increment(ref handled);
            entered.TrySetResult();
            gate.Wait(token);
            return context.Payload.Length == 0 ? context.ReplyAsync("end", token) : default;
        }));
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.SendTo(new byte[100], listener.LocalEndPoint);
        await entered.Task.Soon();
        for (var index = 1; index < Datagrams; index++)
        {
            peer.SendTo(new byte[100], listener.LocalEndPoint);
        }

        gate.Set();

        // What was lost is said with the next datagram that is not: so one more and one more, until all add up.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var sent = Datagrams;
        var replies = 0;
        do
        {
            Assert.False(patience.IsCancellationRequested, $"Of {sent} {handled} were handled, {Lost()} lost.");
            sent++;
            peer.SendTo([], listener.LocalEndPoint);
            replies += ReceiveAll(peer);
        }
        while (replies == 0 || sent != Volatile.Read(ref handled) + Lost());

        Assert.InRange(Lost(), 1, Datagrams);
        Assert.NotEmpty(logs.Named("ReceiveOverflowed"));

        double Lost() => metrics["transports.udp.receive_overflows"];
    }

    /// <summary>Takes all replies that there are or that come soon: none, where a request found no room.</summary>
    private static int ReceiveAll(Socket peer)
    {
        peer.ReceiveTimeout = 100;
        var buffer = new byte[10];
        for (var count = 0; ; count++)
        {
            try
            {
                Assert.Equal(3, peer.Receive(buffer));
            }
            catch (SocketException exception)
                when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                return count;
            }
        }
    }
}

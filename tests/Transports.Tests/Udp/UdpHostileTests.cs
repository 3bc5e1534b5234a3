using System.Net;
using System.Net.Sockets;
using Transports.Requests;
using Transports.Testing;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;
using Xunit.Abstractions;

namespace Transports.Tests.Udp;

/// <summary>
/// Peers that mean harm. Each test says what was sent and what the process held; a modest client beside them always
/// gets its answers. They measure the process, and what all of its UDP transports count, so they run alone.
/// </summary>
[Collection(SerialTests.Name)]
public sealed class UdpHostileTests(ITestOutputHelper output)
{
    private const int FloodBytes = 200;

    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    public static TheoryData<TransportDriver> Drivers => [TransportDriver.Auto, TransportDriver.Portable];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Flood_FromThousandsOfPorts_LeavesAModestClientItsAnswers(TransportDriver driver)
    {
        // 4,000 source ports, 10 datagrams of 200 bytes each, faster than they are read; 200 requests meanwhile.
        const int Ports = 4_000;
        var pool = new CountingBufferPool();
        var transport = new UdpTransport(new UdpTransportOptions { Driver = driver, BufferPool = pool });
        await using var listener = await transport.ListenAsync(AnyPort, Handlers.Upper);
        await using var client = new RequestClient(
            new UdpTransport(new UdpTransportOptions()),
            listener.LocalEndPoint,
            new RequestClientOptions { Timeout = TimeSpan.FromSeconds(60) });
        await client.RequestAsync("warm");
        var rented = pool.Outstanding;
        var held = new Footprint(pool);
        var heap = GC.GetTotalMemory(forceFullCollection: true);

        // Of another address: late replies to a port of the flood must not meet a request that got the same one.
        var flooder = new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0);
        var flood = Task.Run(() => Flood(listener.LocalEndPoint, Ports, flooder));
        for (var index = 0; index < 200; index++)
        {
            Assert.Equal($"REQUEST {index}", await client.RequestAsync($"request {index}"));
            held.Measure();
        }

        await flood.Soon();
        Assert.Equal("LAST", await client.RequestAsync("last"));
        output.WriteLine($"{driver}: sent: 10 datagrams of {FloodBytes} bytes from each of {Ports} ports");
        output.WriteLine($"held at most: {held}; the client got 202 answers to 202 requests");

        // A place for each datagram of a batch, at most, and nothing that a port leaves behind.
        Assert.InRange(pool.Outstanding, 0, rented + 256);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - heap, long.MinValue, 16 * 1024 * 1024);
        Assert.False(listener.Completion.IsCompleted);
    }

    [LinuxTheory]
    [InlineData(TransportDriver.Reactor)]
    [InlineData(TransportDriver.Portable)]
    public async Task Flood_OfOneSource_LeavesTheOthersTheirAnswers(TransportDriver driver)
    {
        // 1,000 ports of 127.0.0.9, 10 datagrams each; a source may send 200 at once and 10 a second. That is room for
        // the client too, whose clock goes on: on a busy machine it sends its 21 requests several times.
        const int Burst = 200;
        var flooded = 0;
        var pool = new CountingBufferPool();
        var held = new Footprint(pool);
        var options = new UdpTransportOptions
        {
            Driver = driver,
            SourceRatePerSecond = 10,
            SourceBurst = Burst,
            BufferPool = pool,
        };
        var transport = new UdpTransport(options, timeProvider: new VirtualTimeProvider());
        using var metrics = new MetricCollector("udp");
        await using var listener = await transport.ListenAsync(AnyPort, MessageHandler.Create((context, token) =>
        {
            Interlocked.Add(ref flooded, context.Payload.Length == FloodBytes ? 1 : 0);
            return context.ReplyAsync(context.Payload.Span, token);
        }));
        var flooder = new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0);

        var flood = Task.Run(() => Flood(listener.LocalEndPoint, ports: 1_000, flooder));
        await using var client = new RequestClient(
            new UdpTransport(new UdpTransportOptions()),
            listener.LocalEndPoint,
            new RequestClientOptions { Timeout = TimeSpan.FromSeconds(60) });
        for (var index = 0; index < 20; index++)
        {
            Assert.Equal($"request {index}", await client.RequestAsync($"request {index}"));
            held.Measure();
        }

        await flood.Soon();
        Assert.Equal("last", await client.RequestAsync("last"));
        output.WriteLine($"{driver}: sent: 10 datagrams of {FloodBytes} bytes from each of 1,000 ports of one address");
        output.WriteLine($"held at most: {held}; {flooded} were handled; the client got 21 answers to 21 requests");

        // Time stands still for the listener: exactly a burst, if that much was not lost before it.
        Assert.InRange(flooded, 1, Burst);
        Assert.InRange(metrics.Dropped("source_rate"), 1, 10_000);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Forged_ThousandsOfRequests_GetNoMoreThanTheFactorBack(TransportDriver driver)
    {
        // 3,000 short requests to a service that would answer each with 1,400 bytes, or with ten times 60.
        const int Requests = 3_000;
        const int Headers = 28;
        var pool = new CountingBufferPool();
        var held = new Footprint(pool);
        var transport = new UdpTransport(new UdpTransportOptions
        {
            Driver = driver,
            TrustsLoopback = false,
            BufferPool = pool,
        });
        await using var listener = await transport.ListenAsync(AnyPort, MessageHandler.Create(async (context, token) =>
        {
            if (context.Payload.Span.StartsWith("request"u8))
            {
                await context.ReplyAsync(context.Payload.Span, token);
                return;
            }

            await context.ReplyAsync(new byte[1_400], token);
            for (var index = 0; index < 10; index++)
            {
                await context.ReplyAsync(new byte[60], token);
            }

            await context.ReplyAsync([], token);
        }));
        await using var client = new RequestClient(
            new UdpTransport(new UdpTransportOptions()),
            listener.LocalEndPoint,
            new RequestClientOptions { Timeout = TimeSpan.FromSeconds(60) });
        using var victim = NewSocket(AnyPort);
        var random = new Random(1);
        var buffer = new byte[2_000];
        var (bytesIn, bytesOut) = (0L, 0L);
        for (var index = 0; index < Requests; index++)
        {
            if (index % 100 == 0)
            {
                Assert.Equal($"request {index}", await client.RequestAsync($"request {index}"));
                held.Measure();
            }

            var request = new byte[random.Next(40)];
            victim.SendTo(request, listener.LocalEndPoint);

            // What was withheld never comes: as many of 60 as there is room for, and one empty one if there still is.
            var allowed = 3 * (request.Length + Headers);
            var expected = Enumerable.Repeat(60, Math.Min(10, allowed / (60 + Headers))).ToList();
            expected.AddRange(allowed % (60 + Headers) >= Headers ? [0] : []);
            Assert.Equal(expected, expected.Select(_ => victim.Receive(buffer)));
            bytesIn += request.Length + Headers;
            bytesOut += expected.Sum(length => length + Headers);
        }

        // So there was nothing else.
        Assert.Equal(0, victim.Available);
        output.WriteLine($"{driver}: sent: {Requests} requests that ask for 2,000 bytes each, {bytesIn} bytes in all");
        output.WriteLine(
            $"sent back: {bytesOut} bytes, {(double)bytesOut / bytesIn:F2} of it; held at most: {held}; the client got "
            + $"{Requests / 100} answers to as many requests");
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Peer_OnThisMachine_GetsRepliesOfAnyLength(TransportDriver driver)
    {
        var transport = new UdpTransport(new UdpTransportOptions { Driver = driver });
        await using var listener = await transport.ListenAsync(AnyPort, MessageHandler.Create(async (context, token) =>
        {
            await context.ReplyAsync(new byte[20_000], token);
            await context.Connection.SendAsync(new byte[30_000], token);
        }));
        await using var client = await transport.ConnectAsync(listener.LocalEndPoint);

        await client.SendAsync("?");

        Assert.Equal(50_000, (await client.ReceiveAsync().Soon()).Length + (await client.ReceiveAsync().Soon()).Length);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Garbage_OfEverySize_IsAccountedFor(TransportDriver driver)
    {
        // Nothing, one byte, all but the limit, the limit, one over it, the largest there is; random bytes, 600 in all.
        const int Limit = 1_200;
        const int Rounds = 100;
        int[] sizes = [0, 1, Limit - 1, Limit, Limit + 1, UdpTransportOptions.LargestDatagramBytes];
        var pool = new CountingBufferPool();
        var handled = 0;
        var transport = new UdpTransport(
            new UdpTransportOptions { Driver = driver, MaxMessageBytes = Limit, BufferPool = pool });
        using var metrics = new MetricCollector("udp");
        await using (var listener = await transport.ListenAsync(AnyPort, MessageHandler.Create((context, token) =>
        {
            Assert.InRange(context.Payload.Length, 0, Limit);
            Interlocked.Increment(ref handled);
            return context.ReplyAsync("x", token);
        })))
        {
            using var peer = NewSocket(AnyPort);
            var random = new Random(2);
            var buffer = new byte[100];
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var size in sizes)
                {
                    var bytes = new byte[size];
                    random.NextBytes(bytes);
                    peer.SendTo(bytes, listener.LocalEndPoint);

                    // What is not too long is answered: so the socket's buffer never overflows.
                    _ = size > Limit || peer.Receive(buffer) == 1;
                }
            }

            peer.SendTo([], listener.LocalEndPoint);
            Assert.Equal(1, peer.Receive(buffer));
        }

        Assert.Equal((4 * Rounds) + 1, handled);
        Assert.Equal(2 * Rounds, metrics.Dropped("too_long") + metrics.Dropped("truncated"));
        await pool.WhenAllReturnedAsync();
    }

    /// <summary>Each port sends ten, and is gone before the answers come.</summary>
    private static void Flood(EndPoint to, int ports, IPEndPoint from)
    {
        var garbage = new byte[FloodBytes];
        for (var port = 0; port < ports; port++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(from);
            for (var index = 0; index < 10; index++)
            {
                socket.SendTo(garbage, to);
            }
        }
    }

    private static Socket NewSocket(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 1024 * 1024,
            ReceiveTimeout = 30_000,
        };
        socket.Bind(endPoint);
        return socket;
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;

namespace Transports.Tests.Udp;

/// <summary>What a client sends in a quick row leaves together; nothing of it is lost, changed or overtaken.</summary>
public class UdpBurstTests
{
    /// <summary>Several times what leaves together, and no more than any system's receive buffer holds.</summary>
    private const int Burst = 320;
    private const int Rounds = 6;

    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_InARow_ArrivesWholeAndInOrder(bool connectSocket)
    {
        using var receiver = NewReceiver();
        var transport = new UdpTransport(new UdpTransportOptions { ConnectSocket = connectSocket });
        await using var client = await transport.ConnectAsync(receiver.LocalEndPoint!);

        for (var round = 0; round < Rounds; round++)
        {
            for (var number = 0; number < Burst; number++)
            {
                await client.SendAsync(Text(number)).AsTask().Soon();
            }

            if (round == Rounds - 1)
            {
                await client.DisposeAsync().Soon();
            }

            Assert.Equal(Enumerable.Range(0, Burst).Select(Text), Receive(receiver, Burst));
        }
    }

    [LinuxFact]
    public async Task Send_ByManyAtOnce_ArrivesWhole()
    {
        const int Senders = 8;
        const int Each = Burst / Senders;
        using var receiver = NewReceiver();
        var transport = new UdpTransport(new UdpTransportOptions());
        for (var round = 0; round < Rounds; round++)
        {
            await using var client = await transport.ConnectAsync(receiver.LocalEndPoint!);
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
            {
                for (var number = 0; number < Each; number++)
                {
                    await client.SendAsync(Text((sender * Each) + number));
                }
            }))).Soon();

            await client.DisposeAsync().Soon();
            var received = Receive(receiver, Senders * Each);
            Assert.Equal(Enumerable.Range(0, Senders * Each).Select(Text), received.Order(StringComparer.Ordinal));
            foreach (var own in received.GroupBy(text => int.Parse(text, CultureInfo.InvariantCulture) / Each))
            {
                Assert.Equal(own.Order(StringComparer.Ordinal), own);
            }
        }
    }

    [LinuxFact]
    public async Task Send_InARow_MayHaveAnyLength()
    {
        using var receiver = NewReceiver();
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var client = await transport.ConnectAsync(receiver.LocalEndPoint!);
        var random = new Random(5);
        var sent = new List<string>();

        for (var number = 0; number < Burst; number++)
        {
            var message = new string((char)('a' + (number % 26)), random.Next(40) == 0 ? 10_000 : random.Next(100));
            sent.Add(message);
            await client.SendAsync(message).AsTask().Soon();
        }

        await client.DisposeAsync().Soon();
        Assert.Equal(sent, Receive(receiver, sent.Count));
    }

    [LinuxFact]
    public async Task Send_ToNobody_GoesOn()
    {
        using var metrics = new MetricCollector("udp");
        var transport = new UdpTransport(new UdpTransportOptions());
        var receiver = NewReceiver();
        var nobody = receiver.LocalEndPoint!;
        receiver.Dispose();
        await using var client = await transport.ConnectAsync(nobody);

        for (var number = 0; number < 500; number++)
        {
            await client.SendAsync(Text(number)).AsTask().Soon();
        }

        Assert.False(client.Completion.IsCompleted);
        client.Abort();
        Assert.Equal(CloseReason.Aborted, await client.Completion.Soon());
        await client.SendAsync("late").Throws<ConnectionClosedException>();
    }

    private static string Text(int number) => number.ToString("D6", CultureInfo.InvariantCulture);

    private static Socket NewReceiver()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 8 * 1024 * 1024,
            ReceiveTimeout = 30_000,
        };
        socket.Bind(AnyPort);
        return socket;
    }

    private static List<string> Receive(Socket socket, int count)
    {
        var buffer = new byte[65_536];
        var received = new List<string>();
        while (received.Count < count)
        {
            received.Add(System.Text.Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
        }

        return received;
    }
}

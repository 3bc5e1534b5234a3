using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Transports.Load.Tests;

/// <summary>What the clients must notice, on servers that do as they should and on others.</summary>
public class ClientTests
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    public static TheoryData<int, int, int> Loads => new() { { 1, 1, 16 }, { 3, 16, 33 }, { 2, 4, 64 * 1024 } };

    [LinuxTheory]
    [MemberData(nameof(Loads))]
    public void StreamClient_RightReplies_AreCounted(int connections, int inFlight, int size)
    {
        using var server = StreamServer(bytes => Ascii.ToUpperInPlace(bytes, out _));
        using var client = new StreamClient(server.LocalEndPoint!, connections, inFlight, size);

        var ordinary = RunUntilAnswered(client, LoadShape.Ordinary);
        var busy = RunUntilAnswered(client, LoadShape.Busy);
        client.AskOnce();

        Assert.All([ordinary, busy], slice => Assert.True(slice is { Lost: 0, CpuMicroseconds: > 0 }));
    }

    [LinuxTheory]
    [MemberData(nameof(Loads))]
    public void StreamClient_AReplyThatIsWrong_EndsTheRun(int connections, int inFlight, int size)
    {
        using var server = StreamServer(bytes =>
        {
            Ascii.ToUpperInPlace(bytes, out _);
            bytes[0] = (byte)'?';
        });
        using var client = new StreamClient(server.LocalEndPoint!, connections, inFlight, size);

        Assert.Throws<InvalidDataException>(
            () => client.Run(LoadShape.Busy, TimeSpan.Zero, TimeSpan.FromSeconds(10), OwnClock()));
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void DatagramClient_RightReplies_AreCounted(bool joined)
    {
        using var server = DatagramServer(bytes => Ascii.ToUpperInPlace(bytes, out _));
        using var client = new DatagramClient(server.LocalEndPoint!, 2, 8, 100, joined);

        var slice = RunUntilAnswered(client, LoadShape.Busy);

        Assert.True(slice is { P50Microseconds: > 0, CpuMicroseconds: > 0 });
    }

    [LinuxTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void DatagramClient_AReplyThatIsWrong_EndsTheRun(bool joined)
    {
        using var server = DatagramServer(_ => { });
        using var client = new DatagramClient(server.LocalEndPoint!, 1, 4, 100, joined);

        Assert.Throws<InvalidDataException>(
            () => client.Run(LoadShape.Busy, TimeSpan.Zero, TimeSpan.FromSeconds(10), OwnClock()));
    }

    [LinuxTheory]
    [InlineData(4)]
    public void DatagramClient_RepliesThatDoNotCome_AreLost(int inFlight)
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var client = new DatagramClient(silent.LocalEndPoint!, 1, inFlight, 100, joined: false);

        var slice = client.Run(LoadShape.Ordinary, TimeSpan.Zero, Slice, OwnClock());

        Assert.Equal(0, slice.Messages);
        Assert.True(slice.Lost >= inFlight && slice.Lost % inFlight == 0, $"{slice.Lost} are lost.");
    }

    /// <summary>On a busy machine a server may not have its turn within a slice.</summary>
    private static SliceResult RunUntilAnswered(LoadClient client, LoadShape shape)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (client.Run(shape, TimeSpan.Zero, Slice, OwnClock()) is { Messages: > 0 } slice)
            {
                return slice;
            }
        }

        throw new TimeoutException("Nothing was answered.");
    }

    private static CpuClock OwnClock() => new(Environment.ProcessId);

    private static Socket StreamServer(Action<byte[]> change)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                var socket = await listener.AcceptAsync();
                _ = AnswerAsync(socket, change);
            }
        });
        return listener;
    }

    private static async Task AnswerAsync(Socket socket, Action<byte[]> change)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer) is > 0 and var received)
        {
            var reply = buffer[..received];
            change(reply);
            await stream.WriteAsync(reply);
        }
    }

    private static Socket DatagramServer(Action<byte[]> change)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = Task.Run(async () =>
        {
            var buffer = new byte[2048];
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                var reply = buffer[..received.ReceivedBytes];
                change(reply);
                await socket.SendToAsync(reply, received.RemoteEndPoint);
            }
        });
        return socket;
    }
}

using System.Net;
using System.Net.Sockets;

namespace Transports.Tests.Reactor;

/// <summary>A peer that keeps on sending while it takes nothing.</summary>
public class ReactorStallTests
{
    private const int ReplyBytes = 40_000;
    private const int Messages = 400;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string> EndPoints => new("tcp", "unix");

    /// <summary>
    /// Many receives in a row make the stream ask the reactor anew what is ready: that must not take back that a send
    /// waits for room.
    /// </summary>
    [LinuxTheory]
    [MemberData(nameof(EndPoints))]
    public async Task Send_ThatWaitsForRoom_SurvivesARowOfReceives(string kind)
    {
        var endPoint = NewEndPoint(kind);
        var reply = new byte[ReplyBytes];
        var transport = new TcpTransport(new TcpTransportOptions
        {
            Driver = TransportDriver.Reactor,
            OutputHighWaterBytes = int.MaxValue,
            ReadBufferBytes = 16,
        });
        await using var listener = await transport.ListenAsync(
            endPoint, MessageHandler.Create((context, token) => context.ReplyAsync(reply, token)));
        using var peer = NewSocket(kind);
        await peer.ConnectAsync(listener.LocalEndPoint);

        for (var message = 0; message < Messages; message++)
        {
            await peer.SendAsync("sixteen bytes!!\n"u8.ToArray());
        }

        var left = Messages * (ReplyBytes + 1);
        var buffer = new byte[65_536];
        while (left > 0)
        {
            var count = await peer.ReceiveAsync(buffer).WaitAsync(Patience);
            Assert.NotEqual(0, count);
            left -= count;
        }
    }

    private static EndPoint NewEndPoint(string kind) => kind == "tcp"
        ? new IPEndPoint(IPAddress.Loopback, 0)
        : new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));

    private static Socket NewSocket(string kind) => kind == "tcp"
        ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}

using System.Net;
using System.Net.Sockets;
using Transports.Tests.Reactor;

namespace Transports.Tests.Tcp;

public class TcpLivenessTests
{
    private static readonly TcpTransportOptions Options = new()
    {
        KeepAliveTime = TimeSpan.FromSeconds(100),
        KeepAliveInterval = TimeSpan.FromSeconds(7),
        KeepAliveProbes = 3,
        UserTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>Linux hands the options on from the listening socket: this is the proof.</summary>
    [LinuxFact]
    public async Task Options_OfBothSides_AreTheSockets()
    {
        using var listening = SocketFactory.Listen(new IPEndPoint(IPAddress.Loopback, 0), Options);
        using var client = await SocketFactory.ConnectAsync(listening.LocalEndPoint!, Options, CancellationToken.None);
        using var accepted = await listening.AcceptAsync();
        SocketFactory.ConfigureAccepted(accepted, Options);

        Assert.All([client, accepted], socket =>
        {
            Assert.NotEqual(0, Get(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
            Assert.Equal(100, Get(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
            Assert.Equal(7, Get(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
            Assert.Equal(3, Get(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
            var userTimeout = new byte[4];
            socket.GetRawSocketOption(6, 18, userTimeout);
            Assert.Equal(20_000, BitConverter.ToInt32(userTimeout));
        });
    }

    [LinuxFact]
    public void Options_SwitchedOff_LeaveTheSocketAlone()
    {
        using var listening = SocketFactory.Listen(
            new IPEndPoint(IPAddress.Loopback, 0),
            new TcpTransportOptions { KeepAliveTime = Timeout.InfiniteTimeSpan });

        Assert.Equal(0, Get(listening, SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
    }

    private static int Get(Socket socket, SocketOptionLevel level, SocketOptionName name) =>
        (int)socket.GetSocketOption(level, name)!;
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Transports.Load.Servers;

/// <summary>One datagram at a time on async <see cref="Socket"/>, by the overloads that allocate nothing.</summary>
internal static class RawUdpServer
{
    private const int ReceiveBufferBytes = 1024 * 1024;

    public static async Task RunAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveBufferSize = ReceiveBufferBytes;
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = ServeAsync(socket);
        await ServerConsole.RunAsync(((IPEndPoint)socket.LocalEndPoint!).Port);
    }

    private static async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[ushort.MaxValue];
        var peer = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            var received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, peer);
            Ascii.ToUpperInPlace(buffer.AsSpan(0, received), out _);
            await socket.SendToAsync(buffer.AsMemory(0, received), SocketFlags.None, peer);
        }
    }
}

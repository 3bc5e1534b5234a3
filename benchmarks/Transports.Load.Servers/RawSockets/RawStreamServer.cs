using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Transports.Load.Servers;

/// <summary>
/// The line service on async <see cref="Socket"/> alone: own buffers, upper case in place, one send for all complete
/// lines of a receive. No limits, no timeouts, no back-off.
/// </summary>
internal static class RawStreamServer
{
    private const int FirstBufferBytes = 4096;
    private const int MaxBufferBytes = 128 * 1024;

    public static async Task RunAsync(string where)
    {
        using var listener = Listen(where);
        _ = AcceptAsync(listener);
        await ServerConsole.RunAsync((listener.LocalEndPoint as IPEndPoint)?.Port ?? 0);
    }

    private static Socket Listen(string where)
    {
        var listener = where == "tcp"
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(where == "tcp"
            ? new IPEndPoint(IPAddress.Loopback, 0)
            : new UnixDomainSocketEndPoint(where["unix:".Length..]));
        listener.Listen(512);
        return listener;
    }

    private static async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            var socket = await listener.AcceptAsync();
            if (socket.ProtocolType == ProtocolType.Tcp)
            {
                socket.NoDelay = true;
            }

            _ = ServeAsync(socket);
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await EchoAsync(socket);
            }
            catch (SocketException)
            {
                // The peer reset the connection.
            }
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[FirstBufferBytes];
        var filled = 0;
        while (await socket.ReceiveAsync(buffer.AsMemory(filled), SocketFlags.None) is > 0 and var received)
        {
            filled += received;
            var complete = UppercaseLines(buffer.AsSpan(0, filled));
            for (var sent = 0; sent < complete;)
            {
                sent += await socket.SendAsync(buffer.AsMemory(sent, complete - sent), SocketFlags.None);
            }

            var full = filled == buffer.Length;
            filled -= complete;
            buffer.AsSpan(complete, filled).CopyTo(buffer);
            if (full)
            {
                Array.Resize(ref buffer, Math.Min(2 * buffer.Length, MaxBufferBytes));
            }
        }
    }

    /// <summary>Returns how many bytes belong to complete lines.</summary>
    private static int UppercaseLines(Span<byte> bytes)
    {
        var complete = 0;
        while (bytes[complete..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            Ascii.ToUpperInPlace(bytes.Slice(complete, length), out _);
            complete += length + 1;
        }

        return complete;
    }
}

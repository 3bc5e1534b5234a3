using System.Net.Sockets;

namespace Transports;

/// <summary>How the system finds out that a peer is gone.</summary>
internal static class TcpLiveness
{
    private const int LevelTcp = 6;
    private const int LinuxUserTimeout = 18;

    public static void Configure(Socket socket, TcpTransportOptions options)
    {
        if (options.KeepAliveTime != Timeout.InfiniteTimeSpan)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            Set(socket, SocketOptionName.TcpKeepAliveTime, Seconds(options.KeepAliveTime));
            Set(socket, SocketOptionName.TcpKeepAliveInterval, Seconds(options.KeepAliveInterval));
            Set(socket, SocketOptionName.TcpKeepAliveRetryCount, options.KeepAliveProbes);
        }

        if (options.UserTimeout != Timeout.InfiniteTimeSpan && OperatingSystem.IsLinux())
        {
            var milliseconds = (int)Math.Clamp(options.UserTimeout.TotalMilliseconds, 1, int.MaxValue);
            socket.SetRawSocketOption(LevelTcp, LinuxUserTimeout, BitConverter.GetBytes(milliseconds));
        }
    }

    private static void Set(Socket socket, SocketOptionName name, int value) =>
        socket.SetSocketOption(SocketOptionLevel.Tcp, name, value);

    /// <summary>Within what Linux takes.</summary>
    private static int Seconds(TimeSpan time) => time == Timeout.InfiniteTimeSpan
        ? short.MaxValue
        : (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, short.MaxValue);
}

using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>Makes and configures stream sockets.</summary>
internal static class SocketFactory
{
    /// <exception cref="ArgumentException">Neither an IP nor a Unix endpoint.</exception>
    public static Socket CreateStream(EndPoint endPoint) => endPoint switch
    {
        IPEndPoint ip => new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
        UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
        DnsEndPoint => new Socket(SocketType.Stream, ProtocolType.Tcp),
        _ => throw WrongEndPoint(endPoint),
    };

    public static ArgumentException WrongEndPoint(EndPoint endPoint) =>
        new($"TCP serves IP and Unix socket endpoints, not {endPoint.GetType().Name}.", nameof(endPoint));

    /// <summary>Configures a socket that was accepted.</summary>
    public static void ConfigureAccepted(Socket socket, TcpTransportOptions options)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            return;
        }

        socket.NoDelay = options.NoDelay;
        if (!OperatingSystem.IsLinux())
        {
            // Linux hands these on from the listening socket, which saves four calls for every connection.
            TcpLiveness.Configure(socket, options);
        }
    }

    /// <summary>Configures a socket that connects.</summary>
    public static void ConfigureConnecting(Socket socket, TcpTransportOptions options)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = options.NoDelay;
            TcpLiveness.Configure(socket, options);
        }
    }

    /// <summary>Binds and listens.</summary>
    public static Socket Listen(EndPoint endPoint, TcpTransportOptions options)
    {
        var socket = CreateStream(endPoint);
        try
        {
            if (endPoint is UnixDomainSocketEndPoint unix)
            {
                UnixSocketFile.RemoveStale(unix);
            }
            else if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = options.DualMode && ((IPEndPoint)endPoint).Address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(endPoint);
            if (endPoint is UnixDomainSocketEndPoint bound)
            {
                UnixSocketFile.SetMode(bound, options.UnixSocketMode);
            }

            if (endPoint is IPEndPoint)
            {
                TcpLiveness.Configure(socket, options);
            }

            socket.Listen(options.Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw SocketErrors.OnBind(exception, endPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async ValueTask<Socket> ConnectAsync(
        EndPoint endPoint, TcpTransportOptions options, CancellationToken cancellationToken)
    {
        var socket = CreateStream(endPoint);
        try
        {
            ConfigureConnecting(socket, options);
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw SocketErrors.OnConnect(exception, endPoint);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

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
        _ => throw new ArgumentException(
            $"TCP serves IP and Unix socket endpoints, not {endPoint.GetType().Name}.", nameof(endPoint)),
    };

    public static void Configure(Socket socket, TcpTransportOptions options)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.NoDelay = options.NoDelay;
        }
    }

    public static async ValueTask<Socket> ConnectAsync(
        EndPoint endPoint, TcpTransportOptions options, CancellationToken cancellationToken)
    {
        var socket = CreateStream(endPoint);
        try
        {
            Configure(socket, options);
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

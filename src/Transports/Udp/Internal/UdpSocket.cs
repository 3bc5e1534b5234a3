using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>Makes the sockets: what is the same on every system, and what is not.</summary>
internal static class UdpSocket
{
    // _WSAIOW(IOC_VENDOR, 12) and (IOC_VENDOR, 15).
    private const int SioUdpConnectionReset = unchecked((int)0x9800000C);
    private const int SioUdpNetworkReset = unchecked((int)0x9800000F);

    // SOL_SOCKET and SO_REUSEPORT of Linux.
    private const int LevelSocket = 1;
    private const int OptionReusePort = 15;

    /// <summary>Binds a listener's socket, or the first of several.</summary>
    /// <remarks>It is bound alone, so that a port in use is noticed, and only then allows shards beside it.</remarks>
    /// <exception cref="TransportException">It cannot be bound; see <see cref="SocketErrors.OnBind"/>.</exception>
    public static Socket Bind(IPEndPoint endPoint, UdpTransportOptions options)
    {
        var socket = Bind(endPoint, options, options.ReusePort && OperatingSystem.IsLinux());
        if (options.EffectiveShards > 1)
        {
            SharePort(socket);
        }

        return socket;
    }

    /// <summary>Binds a further socket to a port that the first shares.</summary>
    public static Socket BindShard(IPEndPoint bound, UdpTransportOptions options) =>
        Bind(bound, options, sharesPort: true);

    private static Socket Bind(IPEndPoint endPoint, UdpTransportOptions options, bool sharesPort)
    {
        try
        {
            var socket = Create(endPoint.AddressFamily, options);
            return Configured(socket, () =>
            {
                // Never ReuseAddress: on Unix two sockets would share the port and its datagrams without a word.
                socket.ExclusiveAddressUse = true;
                if (sharesPort)
                {
                    SharePort(socket);
                }

                if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                {
                    socket.DualMode = options.DualMode && endPoint.Address.Equals(IPAddress.IPv6Any);
                }

                socket.Bind(endPoint);
            });
        }
        catch (SocketException exception)
        {
            throw SocketErrors.OnBind(exception, endPoint);
        }
    }

    /// <summary>Opens a socket to the first of these that there is a way to.</summary>
    /// <returns>The peer is null if the socket does not know it.</returns>
    /// <exception cref="ConnectionFailedException">There is a way to none of them.</exception>
    public static (Socket Socket, IPEndPoint? Peer) Open(IPEndPoint[] peers, UdpTransportOptions options)
    {
        SocketException? failure = null;
        foreach (var peer in peers)
        {
            try
            {
                return Open(peer, options);
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
        }

        throw failure is null
            ? new ConnectionFailedException("The name has no address.")
            : SocketErrors.OnConnect(failure, peers[^1]);
    }

    private static (Socket Socket, IPEndPoint? Peer) Open(IPEndPoint peer, UdpTransportOptions options)
    {
        var socket = Create(peer.AddressFamily, options);
        Configured(socket, () =>
        {
            if (options.ConnectSocket)
            {
                // Sends nothing: it sets the peer, and fails at once if there is no route.
                socket.Connect(peer);
            }
            else
            {
                var any = peer.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
                socket.Bind(new IPEndPoint(any, 0));
            }
        });
        return (socket, options.ConnectSocket ? peer : null);
    }

    private static void SharePort(Socket socket) =>
        socket.SetRawSocketOption(LevelSocket, OptionReusePort, BitConverter.GetBytes(1));

    private static Socket Create(AddressFamily family, UdpTransportOptions options)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        return Configured(socket, () =>
        {
            if (options.ReceiveBufferBytes > 0)
            {
                socket.ReceiveBufferSize = options.ReceiveBufferBytes;
            }

            if (options.SendBufferBytes > 0)
            {
                socket.SendBufferSize = options.SendBufferBytes;
            }
            else if (OperatingSystem.IsMacOS())
            {
                // There the send buffer bounds a datagram, and by default it is 9,216 bytes.
                socket.SendBufferSize = ushort.MaxValue;
            }

            IgnoreUnreachable(socket);
        });
    }

    /// <summary>
    /// Windows reports an ICMP message about something that was sent as an error of the next receive, even on a socket
    /// that serves all peers. Switched off; where that fails the receive loop lives with it.
    /// </summary>
    private static void IgnoreUnreachable(Socket socket)
    {
        if (!OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var code in (ReadOnlySpan<int>)[SioUdpConnectionReset, SioUdpNetworkReset])
        {
            try
            {
                socket.IOControl(code, [0, 0, 0, 0], null);
            }
            catch (SocketException)
            {
                // An older system that does not know the switch.
            }
        }
    }

    private static Socket Configured(Socket socket, Action configure)
    {
        try
        {
            configure();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

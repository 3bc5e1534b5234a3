using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Transports.Load;

/// <summary>Makes sockets that are connected to a server.</summary>
internal static unsafe class SocketCalls
{
    public static int ConnectStream(EndPoint server)
    {
        var isUnix = server is UnixDomainSocketEndPoint;
        var socket = Open(isUnix ? Libc.FamilyUnix : Libc.FamilyInet, Libc.SocketStream, server);
        if (!isUnix)
        {
            SetOption(socket, Libc.SolTcp, Libc.TcpNoDelay, 1);

            // Closing resets: no port waits in TIME_WAIT for the next scenario.
            var linger = 1L;
            Check(Libc.SetOption(socket, Libc.SolSocket, Libc.SoLinger, &linger, sizeof(long)), "SO_LINGER");
        }

        return socket;
    }

    public static int ConnectDatagram(EndPoint server, int receiveBufferBytes)
    {
        var socket = Open(Libc.FamilyInet, Libc.SocketDatagram, server);
        SetOption(socket, Libc.SolSocket, Libc.SoReceiveBuffer, receiveBufferBytes);
        return socket;
    }

    public static void SetOption(int socket, int level, int name, int value) =>
        Check(Libc.SetOption(socket, level, name, &value, sizeof(int)), $"setsockopt {level}/{name}");

    public static int Check(int result, string call) =>
        result >= 0 ? result : throw Failed(call);

    public static SocketException Failed(string call) =>
        new(Marshal.GetLastPInvokeError(), $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    private static int Open(int family, int type, EndPoint server)
    {
        var socket = Check(Libc.Socket(family, type | Libc.CloseOnExec, 0), "socket");
        var address = server.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            Check(Libc.Connect(socket, bytes, address.Size), "connect");
        }

        return socket;
    }
}

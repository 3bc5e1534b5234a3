using System.Net;
using System.Net.Sockets;

namespace Transports.Tests.Reactor;

/// <summary>Connected TCP sockets, closed together.</summary>
internal sealed class SocketPairs : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public (Socket Near, Socket Far) Add()
    {
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        near.Connect(listening.LocalEndPoint!);
        var far = listening.Accept();
        _sockets.AddRange([near, far]);
        return (near, far);
    }

    /// <summary>Sends until the socket takes no more.</summary>
    public static void Fill(Socket socket)
    {
        socket.Blocking = false;
        SocketError error;
        do
        {
            socket.Send(new byte[1024], SocketFlags.None, out error);
        }
        while (error == SocketError.Success);
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}

using System.Net.Sockets;

namespace Transports.Tests.Reactor;

/// <summary>
/// Connected Unix sockets, closed together. What one of them takes does not depend on time, as it does with TCP, where
/// an acknowledgement may make room later.
/// </summary>
internal sealed class SocketPairs : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public (Socket Near, Socket Far) Add()
    {
        using var listening = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        // An abstract name (unix(7)): there is no file to delete.
        var name = new UnixDomainSocketEndPoint($"\0{Guid.NewGuid():N}");
        listening.Bind(name);
        listening.Listen();
        var near = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        near.Connect(name);
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

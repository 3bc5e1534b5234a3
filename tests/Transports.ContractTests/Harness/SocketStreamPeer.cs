using System.Net;
using System.Net.Sockets;
using Transports.Framing;

namespace Transports.ContractTests;

/// <summary>A raw peer over a stream socket.</summary>
public sealed class SocketStreamPeer : RawStreamPeer
{
    private readonly Socket _socket;

    private SocketStreamPeer(Socket socket, MessageFraming framing)
        : base(framing) => _socket = socket;

    public static async Task<RawPeer> ConnectAsync(EndPoint remoteEndPoint, MessageFraming framing)
    {
        var isUnix = remoteEndPoint is UnixDomainSocketEndPoint;
        var socket = new Socket(
            remoteEndPoint.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!isUnix)
        {
            socket.NoDelay = true;
        }

        await socket.ConnectAsync(remoteEndPoint).Soon();
        return new SocketStreamPeer(socket, framing);
    }

    public override async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes)..];
        }
    }

    public override Task FinishAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    public override void Reset()
    {
        // Linger for no time is what makes a TCP socket send RST instead of FIN.
        if (_socket.AddressFamily != AddressFamily.Unix)
        {
            _socket.LingerState = new LingerOption(true, 0);
        }

        _socket.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    protected override async Task<int> ReadAsync(Memory<byte> buffer)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return -1;
        }
    }
}

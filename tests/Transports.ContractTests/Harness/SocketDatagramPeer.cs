using System.Net;
using System.Net.Sockets;

namespace Transports.ContractTests;

/// <summary>A raw peer that sends and receives datagrams.</summary>
public sealed class SocketDatagramPeer : RawPeer
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 * 1024];

    private SocketDatagramPeer(Socket socket) => _socket = socket;

    public static async Task<RawPeer> ConnectAsync(EndPoint remoteEndPoint)
    {
        var socket = new Socket(remoteEndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(remoteEndPoint);
        return new SocketDatagramPeer(socket);
    }

    public override async Task SendAsync(params byte[][] messages)
    {
        foreach (var message in messages)
        {
            await _socket.SendAsync(message);
        }
    }

    public override async Task<byte[]?> ReceiveAsync()
    {
        var count = await _socket.ReceiveAsync(_buffer).Soon();
        return _buffer[..count];
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }
}

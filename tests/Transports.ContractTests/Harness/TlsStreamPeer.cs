using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Transports.Framing;

namespace Transports.ContractTests;

/// <summary>A raw peer that speaks TLS.</summary>
public sealed class TlsStreamPeer : RawStreamPeer
{
    private readonly Socket _socket;
    private readonly SslStream _tls;

    private TlsStreamPeer(Socket socket, SslStream tls, MessageFraming framing)
        : base(framing) => (_socket, _tls) = (socket, tls);

    public static async Task<RawPeer> ConnectAsync(IPEndPoint remoteEndPoint, MessageFraming framing)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(remoteEndPoint).Soon();
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestCertificates.Trust,
        }).Soon();
        return new TlsStreamPeer(socket, tls, framing);
    }

    public override Task WriteAsync(ReadOnlyMemory<byte> bytes) => _tls.WriteAsync(bytes).AsTask();

    public override async Task FinishAsync()
    {
        await _tls.ShutdownAsync().Soon();
        _socket.Shutdown(SocketShutdown.Send);
    }

    public override void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
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
            return await _tls.ReadAsync(buffer);
        }
        catch (IOException exception)
            when (exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return -1;
        }
    }
}

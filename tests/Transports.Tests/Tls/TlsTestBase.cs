using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Transports.ContractTests;
using Transports.Testing;

namespace Transports.Tests.Tls;

/// <summary>What the tests of TLS have in common: a server, clients of it, and peers that are none.</summary>
public abstract class TlsTestBase
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<TransportDriver> Drivers => [TransportDriver.Portable, TransportDriver.Auto];

    protected LogCollector Logs { get; } = new();

    private protected static TcpTransportOptions Options(TransportDriver driver) => new()
    {
        Driver = driver,
        ServerTls = new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Localhost },
        ClientTls = new SslClientAuthenticationOptions { CertificateChainPolicy = TestCertificates.Trust },
    };

    private protected static async Task<Socket> ConnectPlainAsync(IListener listener)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndPoint);
        return socket;
    }

    private protected static async Task<SslStream> ConnectTlsAsync(IListener listener)
    {
        var socket = await ConnectPlainAsync(listener);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestCertificates.Trust,
        });
        return tls;
    }

    /// <summary>Reads until the other side ends the connection, in whatever manner.</summary>
    private protected static async Task ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(Patience) > 0)
            {
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // An end too.
        }
    }

    private protected static async Task AssertEchoesAsync(IConnection connection)
    {
        await connection.SendAsync("well-behaved").AsTask().WaitAsync(Patience);
        Assert.Equal("well-behaved", await connection.ReceiveTextAsync().AsTask().WaitAsync(Patience));
    }

    private protected static X509ChainPolicy Trust => TestCertificates.Trust;

    private protected Task<IListener> ListenAsync(
        TcpTransportOptions options, IMessageHandler? handler = null, TimeProvider? timeProvider = null) =>
        Transport(options, timeProvider)
            .ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), handler ?? MessageHandler.FromText(text => text))
            .AsTask();

    private protected Task<IConnection> ConnectAsync(IListener listener, TcpTransportOptions options) =>
        Transport(options).ConnectAsync(listener.LocalEndPoint).AsTask().WaitAsync(Patience);

    private protected TcpTransport Transport(TcpTransportOptions options, TimeProvider? timeProvider = null) =>
        new(options, Logs, timeProvider);
}

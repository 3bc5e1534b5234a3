using System.Net;
using System.Net.Security;
using Transports.Framing;

namespace Transports.ContractTests;

/// <summary>TCP's transport with TLS on both sides.</summary>
public sealed class TlsHarness(TransportDriver driver) : TransportHarness
{
    private static readonly MessageFraming Framing = MessageFraming.LengthPrefixed();

    public override ITransport CreateTransport(TransportSettings settings) => new TcpTransport(
        settings.ApplyTo(new TcpTransportOptions
        {
            Framing = Framing,
            Driver = driver,

            // Facts that move the clock would end handshakes, whose server needs a moment longer than their client.
            HandshakeTimeout = Timeout.InfiniteTimeSpan,
            ServerTls = new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Localhost },
            ClientTls = new SslClientAuthenticationOptions { CertificateChainPolicy = TestCertificates.Trust },
        }),
        settings.LoggerFactory,
        settings.TimeProvider);

    public override EndPoint NewEndPoint() => new IPEndPoint(IPAddress.Loopback, 0);

    public override EndPoint ForeignEndPoint() => new InMemoryEndPoint("foreign");

    public override Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint) =>
        TlsStreamPeer.ConnectAsync((IPEndPoint)remoteEndPoint, Framing);
}

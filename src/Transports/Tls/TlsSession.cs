using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Transports;

/// <summary>What the TLS handshake of a connection agreed on (RFC 8446).</summary>
/// <remarks>
/// Immutable and safe to use from any thread, also after the connection has ended. Nobody disposes the certificate: it
/// goes with the last one who holds it.
/// </remarks>
public sealed class TlsSession
{
    /// <summary>The version of TLS.</summary>
    public required SslProtocols Protocol { get; init; }

    /// <summary>The cipher suite.</summary>
    public required TlsCipherSuite CipherSuite { get; init; }

    /// <summary>The protocol that ALPN agreed on (RFC 7301); default if none was.</summary>
    public SslApplicationProtocol ApplicationProtocol { get; init; }

    /// <summary>The name of the server that the client asked for (SNI, RFC 6066); empty if it named none.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>
    /// The peer's certificate: at a client the server's, at a server the client's where one was asked for and given
    /// (mutual TLS); else null. It was validated as the options of the transport say.
    /// </summary>
    public X509Certificate2? RemoteCertificate { get; init; }
}

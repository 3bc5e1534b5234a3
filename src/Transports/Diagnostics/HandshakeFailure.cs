using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Transports.Diagnostics;

/// <summary>Why what was accepted did not become a connection.</summary>
internal enum HandshakeFailure
{
    TimedOut,
    PeerLeft,
    TlsRefused,
    ProxyHeaderMalformed,
    Faulted,
}

internal static class HandshakeFailures
{
    public static HandshakeFailure Classify(Exception exception) => exception switch
    {
        ProxyHeaderException => HandshakeFailure.ProxyHeaderMalformed,
        AuthenticationException => HandshakeFailure.TlsRefused,
        IOException or SocketException or ObjectDisposedException => HandshakeFailure.PeerLeft,
        _ => HandshakeFailure.Faulted,
    };

    /// <summary>The value of the metric's tag: API, so not derived from the name of the member.</summary>
    public static string ToTag(this HandshakeFailure failure) => failure switch
    {
        HandshakeFailure.TimedOut => "timed_out",
        HandshakeFailure.PeerLeft => "peer_left",
        HandshakeFailure.TlsRefused => "tls_refused",
        HandshakeFailure.ProxyHeaderMalformed => "proxy_header_malformed",
        HandshakeFailure.Faulted => "faulted",
        _ => throw new UnreachableException(),
    };
}

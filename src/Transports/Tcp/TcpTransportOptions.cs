using System.Net;
using System.Net.Security;
using Transports.Framing;

namespace Transports;

/// <summary>Options of <see cref="TcpTransport"/>.</summary>
public class TcpTransportOptions : StreamTransportOptions
{
    /// <summary>How messages are told apart in the stream. Default <see cref="MessageFraming.Lines"/>.</summary>
    public MessageFraming Framing { get; set; } = MessageFraming.Lines;

    /// <summary>
    /// How many threads the reactor driver leads; transports that ask for the same number share them. Default 0: one
    /// for each core.
    /// </summary>
    public int ReactorThreads { get; set; }

    /// <summary>
    /// Sends small packets at once (TCP_NODELAY, RFC 896). Default true: replies of one batch leave together anyway.
    /// </summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>
    /// How many connections may wait to be accepted; the system may allow fewer (net.core.somaxconn). Default 512.
    /// </summary>
    public int Backlog { get; set; } = 512;

    /// <summary>
    /// Serve IPv4 too when the address is <see cref="System.Net.IPAddress.IPv6Any"/>. Default true.
    /// </summary>
    public bool DualMode { get; set; } = true;

    /// <summary>
    /// The permissions of the file of a Unix socket. Default: the owner may connect, nobody else. Not on Windows.
    /// </summary>
    public UnixFileMode UnixSocketMode { get; set; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// How long a connection may be silent before the system asks whether the peer is still there (RFC 9293, 3.8.4).
    /// Default 2 min; <see cref="Timeout.InfiniteTimeSpan"/> never asks.
    /// </summary>
    public TimeSpan KeepAliveTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How soon the system asks again if there was no answer; whole seconds. Default 15 s.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often the system asks before the connection is broken, as <see cref="CloseReason.TransportFailed"/>.
    /// Default 4.
    /// </summary>
    public int KeepAliveProbes { get; set; } = 4;

    /// <summary>
    /// How long what was sent may stay unacknowledged before the system breaks the connection (TCP_USER_TIMEOUT,
    /// RFC 5482); a peer that takes nothing counts too. Linux only. Default <see cref="Timeout.InfiniteTimeSpan"/>: the
    /// system's own, about 15 minutes.
    /// </summary>
    public TimeSpan UserTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// TLS for what connects here: the certificate, whether clients must show one, the protocols of ALPN. Default null:
    /// no TLS. A transport that has TLS for its clients alone (<see cref="ClientTls"/>) refuses to listen.
    /// </summary>
    public SslServerAuthenticationOptions? ServerTls { get; set; }

    /// <summary>
    /// In place of <see cref="ServerTls"/>: asked at each handshake, with the name that the client wants (SNI). So it
    /// chooses among certificates, and a new one serves from the next handshake on: see
    /// <see cref="TlsCertificateFile"/>. Called from many threads. Default null.
    /// </summary>
    public ServerOptionsSelectionCallback? ServerTlsSelector { get; set; }

    /// <summary>
    /// TLS for the connections made here. Default null: no TLS. Without a
    /// <see cref="SslClientAuthenticationOptions.TargetHost"/> the server's certificate must name the host that was
    /// connected to. A transport that has TLS for its listeners alone refuses to connect.
    /// </summary>
    public SslClientAuthenticationOptions? ClientTls { get; set; }

    /// <summary>
    /// The networks of proxies that begin each connection with a header of the PROXY protocol, version 1 or 2, so that
    /// the client's address survives them: <see cref="IConnection.RemoteEndPoint"/> is the client's, and limits per
    /// address count the client. One that is missing or malformed ends the connection. From anybody else no header is
    /// read. Before TLS. Default empty.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary>
    /// How long the beginning of a connection may take, from its acceptance to the end of the TLS handshake, a
    /// proxy's header included; at a client the TLS handshake. Default 10 s.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many handshakes one listener has under way at once; one more connection is reset at once and counted.
    /// Default 4,096.
    /// </summary>
    public int MaxPendingHandshakes { get; set; } = 4096;

    /// <summary>There is TLS, on one side at least.</summary>
    internal bool HasTls => HasServerTls || ClientTls is not null;

    /// <summary>Listeners speak TLS.</summary>
    internal bool HasServerTls => ServerTls is not null || ServerTlsSelector is not null;

    /// <inheritdoc/>
    protected internal override void Validate(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        base.Validate(faults);
        OptionRules.AtLeast(faults, Backlog, 1, nameof(Backlog));
        OptionRules.AtLeast(faults, ReactorThreads, 0, nameof(ReactorThreads));
        if (Framing is null)
        {
            faults.Add($"{nameof(Framing)} must be set.");
        }

        OptionRules.Timeout(faults, KeepAliveTime, nameof(KeepAliveTime));
        OptionRules.Timeout(faults, KeepAliveInterval, nameof(KeepAliveInterval));
        OptionRules.Between(faults, KeepAliveProbes, 1, 127, nameof(KeepAliveProbes));
        OptionRules.Timeout(faults, UserTimeout, nameof(UserTimeout));
        OptionRules.Timeout(faults, HandshakeTimeout, nameof(HandshakeTimeout));
        OptionRules.AtLeast(faults, MaxPendingHandshakes, 1, nameof(MaxPendingHandshakes));
        if (TrustedProxies is null)
        {
            faults.Add($"{nameof(TrustedProxies)} must be set.");
        }

        if (ServerTls is not null && ServerTlsSelector is not null)
        {
            faults.Add($"Only one of {nameof(ServerTls)} and {nameof(ServerTlsSelector)} may be set.");
        }

        if (ServerTls is
            {
                ServerCertificate: null, ServerCertificateContext: null, ServerCertificateSelectionCallback: null,
            })
        {
            faults.Add($"{nameof(ServerTls)} must have a certificate.");
        }
    }

    /// <inheritdoc/>
    private protected override TransportOptions Copy()
    {
        var copy = (TcpTransportOptions)base.Copy();
        copy.TrustedProxies = [.. TrustedProxies];
        copy.ServerTls = ServerTls is null ? null : TlsHandshake.Copy(ServerTls);
        copy.ClientTls = ClientTls is null ? null : TlsHandshake.Copy(ClientTls);
        return copy;
    }
}

using System.Net;

namespace Transports;

/// <summary>The beginning of a connection that was accepted: first what a proxy has to say, then TLS.</summary>
internal sealed class TcpAdmission(TcpTransportOptions options, TimeProvider timeProvider) : IStreamAdmission
{
    public TimeSpan Timeout => options.HandshakeTimeout;

    public int MaxPending => options.MaxPendingHandshakes;

    public bool Concerns(ByteStream accepted) => options.HasServerTls || IsFromProxy(accepted);

    /// <summary>All clients of a proxy share its address: it is not what limits are about.</summary>
    public IPAddress? CountsAs(ByteStream accepted) => IsFromProxy(accepted) ? null : accepted.RemoteAddress;

    public async ValueTask<ByteStream> AdmitAsync(ByteStream accepted, CancellationToken cancellationToken)
    {
        var stream = IsFromProxy(accepted)
            ? await ProxyHeaderReader.ReadAsync(accepted, options.BufferPool, cancellationToken).ConfigureAwait(false)
            : accepted;
        return options.HasServerTls
            ? await TlsHandshake.AcceptAsync(stream, options, timeProvider, cancellationToken).ConfigureAwait(false)
            : stream;
    }

    private bool IsFromProxy(ByteStream accepted)
    {
        if (options.TrustedProxies.Count > 0 && accepted.RemoteAddress is { } address)
        {
            foreach (var network in options.TrustedProxies)
            {
                if (network.Contains(address))
                {
                    return true;
                }
            }
        }

        return false;
    }
}

using System.Net;

namespace Transports;

/// <summary>The beginning of a connection that was accepted: TLS.</summary>
internal sealed class TcpAdmission(TcpTransportOptions options) : IStreamAdmission
{
    public TimeSpan Timeout => options.HandshakeTimeout;

    public int MaxPending => options.MaxPendingHandshakes;

    public bool Concerns(ByteStream accepted) => true;

    public EndPoint? CountsAs(ByteStream accepted) => accepted.RemoteEndPoint;

    public ValueTask<ByteStream> AdmitAsync(ByteStream accepted, CancellationToken cancellationToken) =>
        TlsHandshake.AcceptAsync(accepted, options, cancellationToken);
}

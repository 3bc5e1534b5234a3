using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary>Messages over UDP (RFC 768): one datagram is one message; it may be lost, doubled or overtaken.</summary>
public sealed class UdpTransport(
    UdpTransportOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null) : ITransport
{
    /// <inheritdoc/>
    public TransportCapabilities Capabilities => throw new NotImplementedException($"{options}{loggerFactory}{timeProvider}");

    /// <inheritdoc/>
    public ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();
}

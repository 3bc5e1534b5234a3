using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary>Messages over TCP (RFC 9293), on IPv4, IPv6 and both; also over Unix domain sockets.</summary>
public sealed class TcpTransport(
    TcpTransportOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    : ByteStreamTransport("tcp", options, options.Framing, loggerFactory, timeProvider)
{
    /// <inheritdoc/>
    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    protected override ValueTask<ByteStream> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken) => throw new NotImplementedException();
}

using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Framing;

namespace Transports;

/// <summary>Messages within one process: listeners and clients on the same instance meet each other by name.</summary>
public sealed class InMemoryTransport(
    InMemoryTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    : ByteStreamTransport(
        "memory", options ?? new InMemoryTransportOptions(), MessageFraming.LengthPrefixed(), loggerFactory, timeProvider)
{
    /// <inheritdoc/>
    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    protected override ValueTask<ByteStream> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken) => throw new NotImplementedException();
}

using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Framing;

namespace Transports;

/// <summary>
/// A transport over any stream of bytes. Derive from it to carry messages over something new: say how to bind and how
/// to open, and framing, order, back-pressure, limits, drain, logs and metrics are there. See
/// <c>docs/writing-a-transport.md</c>.
/// </summary>
public abstract class ByteStreamTransport : ITransport
{
    /// <summary>Sets the transport up.</summary>
    /// <param name="scheme">Its name in endpoint URIs, logs and metrics.</param>
    /// <param name="options">Its limits; a copy is taken.</param>
    /// <param name="framing">How messages are told apart in the stream.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    protected ByteStreamTransport(
        string scheme,
        StreamTransportOptions options,
        MessageFraming framing,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        throw new NotImplementedException();
    }

    /// <inheritdoc/>
    public TransportCapabilities Capabilities => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Starts to welcome peers.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    /// <exception cref="ArgumentException">This transport does not serve that kind of endpoint.</exception>
    protected abstract ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken);

    /// <summary>Opens a stream to a peer; the token ends when <see cref="StreamTransportOptions.ConnectTimeout"/> has passed.</summary>
    /// <exception cref="ConnectionFailedException">Nobody listens there.</exception>
    protected abstract ValueTask<ByteStream> OpenAsync(EndPoint remoteEndPoint, CancellationToken cancellationToken);
}

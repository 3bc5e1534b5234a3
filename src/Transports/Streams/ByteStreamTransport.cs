using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;
using Transports.Framing;

namespace Transports;

/// <summary>
/// A transport over any stream of bytes. Derive from it to carry messages over something new: say how to bind and how
/// to open, and framing, order, back-pressure, limits, drain, logs and metrics are there. See
/// <c>docs/writing-a-transport.md</c>.
/// </summary>
public abstract class ByteStreamTransport : ITransport
{
    private readonly StreamEnvironment _environment;

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
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(framing);
        var logger = SafeLogger.Create(loggerFactory, TransportLog.Category);
        _environment = new StreamEnvironment(
            scheme, (StreamTransportOptions)options.Snapshot(), framing, logger, timeProvider ?? TimeProvider.System);
        Capabilities = new TransportCapabilities(
            scheme,
            PreservesBoundaries: framing.PreservesBoundaries,
            IsOrdered: true,
            IsReliable: true,
            IsConnectionOriented: true,
            _environment.MaxMessageBytes);
    }

    /// <inheritdoc/>
    public TransportCapabilities Capabilities { get; }

    /// <summary>Where this transport logs.</summary>
    private protected ILogger Logger => _environment.Logger;

    /// <summary>
    /// Accepted connections start on the accepting thread instead of the thread pool. Only for streams whose receives
    /// never find data that was there already, such as those in memory.
    /// </summary>
    protected virtual bool StartsInline => false;

    /// <summary>What stands between accepting a stream and making a connection of it; null for nothing.</summary>
    private protected virtual IStreamAdmission? Admission => null;

    /// <inheritdoc/>
    public async ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(localEndPoint);
        ArgumentNullException.ThrowIfNull(handler);
        cancellationToken.ThrowIfCancellationRequested();
        var source = await BindAsync(localEndPoint, cancellationToken).ConfigureAwait(false);
        return new StreamListener(source, _environment, handler, StartsInline, Admission);
    }

    /// <inheritdoc/>
    public async ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(remoteEndPoint);
        cancellationToken.ThrowIfCancellationRequested();
        var stream = await OpenInTimeAsync(remoteEndPoint, cancellationToken).ConfigureAwait(false);
        var connection = new StreamConnection(stream, _environment, listener: null);
        connection.Start();
        return connection;
    }

    /// <summary>Starts to welcome peers.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    /// <exception cref="ArgumentException">This transport does not serve that kind of endpoint.</exception>
    protected abstract ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken);

    /// <summary>Opens a stream to a peer, within <see cref="StreamTransportOptions.ConnectTimeout"/>.</summary>
    /// <exception cref="ConnectionFailedException">Nobody listens there.</exception>
    protected abstract ValueTask<ByteStream> OpenAsync(EndPoint remoteEndPoint, CancellationToken cancellationToken);

    private async ValueTask<ByteStream> OpenInTimeAsync(EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        var limit = _environment.Options.ConnectTimeout;
        using var timeout = new CancellationTokenSource(limit, _environment.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await OpenAsync(remoteEndPoint, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ConnectionFailedException(
                $"{SocketEndPoints.Describe(remoteEndPoint)} did not answer within {limit}.", exception);
        }
        catch (OperationCanceledException exception)
        {
            // Names the caller's token, not the one that it was linked into.
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
    }
}

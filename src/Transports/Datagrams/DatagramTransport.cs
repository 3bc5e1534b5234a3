using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// A transport over any datagram service. Derive from it to carry messages over something new: say how to bind and how
/// to open, and handling, replies, limits, drain, logs and metrics are there. See
/// <c>docs/writing-a-transport.md</c>.
/// </summary>
public abstract class DatagramTransport : ITransport
{
    private readonly DatagramEnvironment _environment;

    /// <summary>Sets the transport up.</summary>
    /// <param name="scheme">Its name in endpoint URIs, logs and metrics.</param>
    /// <param name="options">Its limits; a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    protected DatagramTransport(
        string scheme,
        DatagramTransportOptions options,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        ArgumentNullException.ThrowIfNull(options);
        var limits = (DatagramTransportOptions)options.Snapshot();
        _environment = new DatagramEnvironment(
            scheme,
            limits,
            SafeLogger.Create(loggerFactory, TransportLog.Category),
            timeProvider ?? TimeProvider.System);
        Capabilities = new TransportCapabilities(
            scheme,
            PreservesBoundaries: true,
            IsOrdered: false,
            IsReliable: false,
            IsConnectionOriented: false,
            limits.MaxMessageBytes);
    }

    /// <inheritdoc/>
    public TransportCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public async ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(localEndPoint);
        ArgumentNullException.ThrowIfNull(handler);
        cancellationToken.ThrowIfCancellationRequested();
        var channel = await BindAsync(localEndPoint, cancellationToken).ConfigureAwait(false);
        var channels = new List<DatagramChannel> { channel };
        try
        {
            BindOtherShards(channels);
        }
        catch
        {
            foreach (var bound in channels)
            {
                await bound.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }

        return channels.Count == 1
            ? DatagramListener.Start(channel, handler, _environment)
            : new ShardedListener(channels, handler, _environment);
    }

    /// <inheritdoc/>
    /// <remarks>Nothing is sent: that nobody is there shows only when the first message is lost.</remarks>
    public async ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(remoteEndPoint);
        cancellationToken.ThrowIfCancellationRequested();
        var peer = SocketEndPoints.Normalize(remoteEndPoint)!;
        var channel = await OpenAsync(peer, cancellationToken).ConfigureAwait(false);
        return DatagramConnection.Start(channel, channel.RemoteEndPoint ?? peer, _environment);
    }

    /// <summary>Opens a channel where datagrams of any peer arrive.</summary>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    /// <exception cref="ArgumentException">This transport does not serve that kind of endpoint.</exception>
    protected abstract ValueTask<DatagramChannel> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken);

    /// <summary>
    /// Adds further channels on the first one's endpoint; the system shares the peers out. When one cannot be had, the
    /// caller closes those that were added.
    /// </summary>
    private protected virtual void BindOtherShards(ICollection<DatagramChannel> channels)
    {
    }

    /// <summary>
    /// Opens a channel to talk with one peer. Unless it sets <see cref="DatagramChannel.RemoteEndPoint"/>, datagrams
    /// from anybody else are dropped and counted.
    /// </summary>
    /// <exception cref="ConnectionFailedException">There is no way to that peer.</exception>
    /// <exception cref="ArgumentException">This transport does not serve that kind of endpoint.</exception>
    protected abstract ValueTask<DatagramChannel> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken);
}

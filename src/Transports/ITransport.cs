using System.Net;

namespace Transports;

/// <summary>A way to carry messages: listens for peers, and connects to them.</summary>
/// <remarks>
/// Immutable once built and safe to use from any thread. One instance may hold any number of listeners and
/// connections, and may listen again on an endpoint whose listener has been stopped.
/// </remarks>
public interface ITransport
{
    /// <summary>What this transport promises about the messages that it carries.</summary>
    TransportCapabilities Capabilities { get; }

    /// <summary>Starts to listen, and hands every message that arrives to <paramref name="handler"/>.</summary>
    /// <param name="localEndPoint">Where to listen; port 0 lets the system choose one.</param>
    /// <param name="handler">Handles the messages; may also implement <see cref="IConnectionObserver"/>.</param>
    /// <param name="cancellationToken">Gives up the attempt; has no effect once the listener runs.</param>
    /// <returns>The running listener; <see cref="IListener.LocalEndPoint"/> has the port really bound.</returns>
    /// <exception cref="AddressInUseException">Somebody listens there already.</exception>
    /// <exception cref="TransportException">The endpoint cannot be bound.</exception>
    /// <exception cref="ArgumentException">This transport does not serve that kind of endpoint.</exception>
    ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default);

    /// <summary>Connects to a peer.</summary>
    /// <param name="remoteEndPoint">Where the peer listens.</param>
    /// <param name="cancellationToken">Gives up the attempt.</param>
    /// <exception cref="ConnectionFailedException">Nobody listens there, or nobody answered in time.</exception>
    /// <exception cref="ArgumentException">This transport does not serve that kind of endpoint.</exception>
    ValueTask<IConnection> ConnectAsync(EndPoint remoteEndPoint, CancellationToken cancellationToken = default);
}

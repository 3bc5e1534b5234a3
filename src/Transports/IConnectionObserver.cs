namespace Transports;

/// <summary>Learns when connections come and go. A handler may also implement this.</summary>
/// <remarks>
/// Only connection-oriented transports have connections to observe; UDP never calls it. The calls for one connection
/// and the handling of its messages come one after the other, those for different connections at once.
/// </remarks>
public interface IConnectionObserver
{
    /// <summary>Called before the first message of <paramref name="connection"/> is handled.</summary>
    /// <param name="connection">It may be kept, and sent to at any time until it ends.</param>
    /// <param name="cancellationToken">Cancelled when this side ends the connection, or the listener aborts.</param>
    /// <remarks>
    /// Messages may be sent here. An exception closes the connection as <see cref="CloseReason.HandlerFaulted"/>.
    /// </remarks>
    ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken);

    /// <summary>Called exactly once for every connection that <see cref="OnConnectedAsync"/> was called for.</summary>
    /// <remarks>An exception is logged and changes nothing.</remarks>
    ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason);
}

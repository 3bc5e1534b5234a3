namespace Transports;

/// <summary>Learns when connections come and go. A handler may also implement this.</summary>
/// <remarks>Only connection-oriented transports have connections to observe; UDP never calls it.</remarks>
public interface IConnectionObserver
{
    /// <summary>Called before the first message of <paramref name="connection"/> is handled.</summary>
    /// <remarks>
    /// Messages may be sent here. An exception closes the connection as <see cref="CloseReason.HandlerFaulted"/>.
    /// </remarks>
    ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken);

    /// <summary>Called exactly once for every connection that <see cref="OnConnectedAsync"/> was called for.</summary>
    ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason);
}

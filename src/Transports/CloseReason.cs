namespace Transports;

/// <summary>
/// Why a connection ended: the first cause. The observer, the log and the metric all get the same value.
/// </summary>
public enum CloseReason
{
    /// <summary>This side closed it in an orderly way.</summary>
    LocalClosed,

    /// <summary>The peer closed it in an orderly way.</summary>
    RemoteClosed,

    /// <summary>The peer reset it.</summary>
    RemoteReset,

    /// <summary>This side aborted it.</summary>
    Aborted,

    /// <summary>Nothing was received for the idle time-out.</summary>
    IdleTimeout,

    /// <summary>The peer sent a message over the limit.</summary>
    MessageTooLong,

    /// <summary>The peer sent bytes that the framing cannot understand.</summary>
    MalformedMessage,

    /// <summary>The handler or the observer threw.</summary>
    HandlerFaulted,

    /// <summary>The peer did not take what was sent to it within the send time-out.</summary>
    SlowConsumer,

    /// <summary>The listener stopped.</summary>
    ShuttingDown,

    /// <summary>A limit on connections refused it.</summary>
    LimitReached,

    /// <summary>The transport below failed.</summary>
    TransportFailed,

    /// <summary>The peer cannot be reached: nobody listens there any more.</summary>
    Unreachable,

    /// <summary>The peer sent a message more slowly than the least rate.</summary>
    SlowSender,

    /// <summary>The connection was as old as one may become.</summary>
    LifetimeReached,

    /// <summary>The peer broke the rules of TLS, or ended it with an alert (RFC 8446, 6.2).</summary>
    TlsFailed,

    /// <summary>
    /// The stream ended without the close_notify that ends TLS: somebody on the way may have cut it, and what was
    /// received may not be all that was sent (RFC 8446, 6.1).
    /// </summary>
    TlsTruncated,

    /// <summary>An overloaded server refused it, or closed it since it was idle.</summary>
    Overloaded,
}

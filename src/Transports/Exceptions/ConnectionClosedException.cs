namespace Transports;

/// <summary>The connection has ended; <see cref="Reason"/> says how.</summary>
public sealed class ConnectionClosedException : TransportException
{
    /// <summary>Makes one for a connection that this side closed.</summary>
    public ConnectionClosedException()
        : this(CloseReason.LocalClosed)
    {
    }

    /// <summary>Makes one with a message, for a connection that this side closed.</summary>
    public ConnectionClosedException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and its cause, for a transport that failed.</summary>
    public ConnectionClosedException(string? message, Exception? innerException)
        : this(CloseReason.TransportFailed, message, innerException)
    {
    }

    /// <summary>
    /// Makes one with the reason, a message of its own unless one is given, and the cause if there is one.
    /// </summary>
    public ConnectionClosedException(CloseReason reason, string? message = null, Exception? innerException = null)
        : base(message ?? $"The connection has ended ({reason}).", innerException) => Reason = reason;

    /// <summary>Why the connection ended.</summary>
    public CloseReason Reason { get; }
}

namespace Transports;

/// <summary>A connection could not be made: refused, unreachable, or no answer in time.</summary>
public sealed class ConnectionFailedException : TransportException
{
    /// <summary>Makes one with a general message.</summary>
    public ConnectionFailedException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public ConnectionFailedException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and its cause.</summary>
    public ConnectionFailedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

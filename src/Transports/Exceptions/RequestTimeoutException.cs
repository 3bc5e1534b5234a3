namespace Transports;

/// <summary>A request got no reply within its time-out.</summary>
public sealed class RequestTimeoutException : TransportException
{
    /// <summary>Makes one with a general message.</summary>
    public RequestTimeoutException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public RequestTimeoutException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and its cause.</summary>
    public RequestTimeoutException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

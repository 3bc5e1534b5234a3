namespace Transports;

/// <summary>The base of everything that goes wrong in a transport.</summary>
public class TransportException : IOException
{
    /// <summary>Makes one with a general message.</summary>
    public TransportException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public TransportException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and its cause.</summary>
    public TransportException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

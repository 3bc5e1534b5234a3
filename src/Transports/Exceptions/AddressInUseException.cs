namespace Transports;

/// <summary>Somebody listens on that endpoint already.</summary>
public sealed class AddressInUseException : TransportException
{
    /// <summary>Makes one with a general message.</summary>
    public AddressInUseException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public AddressInUseException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and its cause.</summary>
    public AddressInUseException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

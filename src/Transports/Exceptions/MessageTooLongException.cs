using System.Globalization;

namespace Transports;

/// <summary>A message is over the limit.</summary>
public sealed class MessageTooLongException : TransportException
{
    /// <summary>Makes one with a general message.</summary>
    public MessageTooLongException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public MessageTooLongException(string? message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and its cause.</summary>
    public MessageTooLongException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one that names both values.</summary>
    /// <param name="length">The message's length in bytes.</param>
    /// <param name="limit">The limit in bytes.</param>
    public MessageTooLongException(long length, int limit)
        : base(string.Create(
            CultureInfo.InvariantCulture, $"A message of {length} bytes is over the limit of {limit} bytes."))
    {
        Length = length;
        Limit = limit;
    }

    /// <summary>The message's length in bytes; for one that was still arriving, as much as was known of it.</summary>
    public long Length { get; }

    /// <summary>The limit in bytes.</summary>
    public int Limit { get; }
}

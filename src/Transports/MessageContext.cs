using System.Buffers;
using System.Net;

namespace Transports;

/// <summary>One message that is being handled, and the means to reply to it.</summary>
/// <remarks>
/// Pooled: valid until the task of <see cref="IMessageHandler.HandleAsync"/> ends; after that every member throws
/// <see cref="ObjectDisposedException"/>. Copy what must live longer. Not for use by two threads at once.
/// </remarks>
public abstract class MessageContext
{
    /// <summary>The message, contiguous and whole.</summary>
    public abstract ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Who sent it. Built on first use: a datagram whose sender nobody asks for costs no allocation.</summary>
    public abstract EndPoint RemoteEndPoint { get; }

    /// <summary>Where it arrived.</summary>
    public abstract EndPoint LocalEndPoint { get; }

    /// <summary>The connection that it came over; on UDP a view of that peer, made on first use.</summary>
    public abstract IConnection Connection { get; }

    /// <summary>Writes replies straight into the transport's output buffer.</summary>
    public abstract MessageWriter Reply { get; }

    /// <summary>Replies with one message.</summary>
    /// <param name="payload">Copied before this method returns.</param>
    /// <param name="cancellationToken">Gives up waiting for room in the output buffer.</param>
    /// <exception cref="MessageTooLongException">The reply is over the limit.</exception>
    /// <exception cref="ConnectionClosedException">The connection has ended.</exception>
    public ValueTask ReplyAsync(ReadOnlySpan<byte> payload, CancellationToken cancellationToken = default)
    {
        var reply = Reply;
        reply.Write(payload);
        return reply.SendAsync(cancellationToken);
    }
}

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

    /// <summary>
    /// Says that the peer has shown that it receives what is sent to its address, for example by a token that only an
    /// earlier reply carried. On UDP this lifts <see cref="DatagramTransportOptions.MaxReplyFactor"/> for the replies
    /// to this message, and for what is sent through <see cref="Connection"/> as it was taken from this message. Where
    /// peers connect there is nothing to show, and this does nothing.
    /// </summary>
    /// <remarks>
    /// Nothing is remembered about the peer: its next message has to show it again. A second message alone shows
    /// nothing, as it may be as forged as the first.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The message has been handled.</exception>
    public virtual void ConfirmRemoteAddress()
    {
    }

    /// <summary>Replies with one message.</summary>
    /// <param name="payload">Copied before this method returns.</param>
    /// <param name="cancellationToken">Gives up waiting for room in the output buffer.</param>
    /// <exception cref="MessageTooLongException">The reply is over the limit.</exception>
    /// <exception cref="ConnectionClosedException">The connection has ended.</exception>
    /// <exception cref="ArgumentException">The framing cannot carry this message; it was discarded.</exception>
    /// <exception cref="ObjectDisposedException">The message that this replies to has been handled.</exception>
    public ValueTask ReplyAsync(ReadOnlySpan<byte> payload, CancellationToken cancellationToken = default)
    {
        var reply = Reply;
        reply.Write(payload);
        return reply.SendAsync(cancellationToken);
    }
}

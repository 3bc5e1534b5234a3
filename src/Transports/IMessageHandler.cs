namespace Transports;

/// <summary>The service: what is done with a message. Written once, hosted over any transport.</summary>
/// <remarks>
/// <para>
/// Messages of one connection are handled one at a time, in order; different connections at once. On UDP several
/// messages of one peer may be handled at once.
/// </para>
/// <para>
/// A handler that completes synchronously runs on the thread that received the message and costs no allocation. One
/// that waits must wait asynchronously.
/// </para>
/// <para>
/// An exception is logged once and stays local: a connection closes as <see cref="CloseReason.HandlerFaulted"/>, a
/// datagram gets no reply.
/// </para>
/// </remarks>
public interface IMessageHandler
{
    /// <summary>Handles one message.</summary>
    /// <param name="context">The message and the means to reply; valid until the returned task ends.</param>
    /// <param name="cancellationToken">
    /// Cancelled when this side ends the connection, or the listener aborts. Nothing is read while a handler waits, so
    /// a peer that vanishes meanwhile is noticed when the handler replies or has ended.
    /// </param>
    ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken);
}

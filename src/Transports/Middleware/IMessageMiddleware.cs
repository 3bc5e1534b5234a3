namespace Transports;

/// <summary>Stands round a handler: sees every message before it, and everything that it does after.</summary>
/// <remarks>One instance serves all messages of a server at once: keep no state of a message in fields.</remarks>
public interface IMessageMiddleware
{
    /// <summary>
    /// Handles a message, as a rule by calling <paramref name="next"/>; not calling it drops the message.
    /// </summary>
    ValueTask InvokeAsync(MessageContext context, MessageDelegate next, CancellationToken cancellationToken);
}

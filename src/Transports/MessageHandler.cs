using System.Text;

namespace Transports;

/// <summary>Makes handlers from functions.</summary>
public static class MessageHandler
{
    /// <summary>Makes a handler from a function.</summary>
    /// <param name="handle">Called for every message; see <see cref="IMessageHandler.HandleAsync"/>.</param>
    public static IMessageHandler Create(Func<MessageContext, CancellationToken, ValueTask> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return new DelegateHandler(handle);
    }

    /// <summary>Makes a handler that answers every text with a text.</summary>
    /// <param name="answer">
    /// Gets the message decoded from UTF-8 (invalid bytes become U+FFFD); its result is the reply.
    /// </param>
    public static IMessageHandler FromText(Func<string, string> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new DelegateHandler((context, cancellationToken) =>
            context.ReplyAsync(answer(Encoding.UTF8.GetString(context.Payload.Span)), cancellationToken));
    }

    private sealed class DelegateHandler(Func<MessageContext, CancellationToken, ValueTask> handle) : IMessageHandler
    {
        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
            handle(context, cancellationToken);
    }
}

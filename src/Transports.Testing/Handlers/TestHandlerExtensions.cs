namespace Transports.Testing;

/// <summary>Runs a handler on one message, in one line.</summary>
public static class TestHandlerExtensions
{
    /// <summary>Lets the handler handle a text; gives its replies as texts.</summary>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static async Task<IReadOnlyList<string>> HandleTextAsync(
        this IMessageHandler handler, string text, CancellationToken cancellationToken = default)
    {
        var context = new TestMessageContext(text);
        await context.RunAsync(handler, cancellationToken).ConfigureAwait(false);
        return context.ReplyTexts;
    }

    /// <summary>Lets the handler handle bytes; gives its replies as bytes.</summary>
    /// <exception cref="ArgumentNullException">The handler is null.</exception>
    public static async Task<IReadOnlyList<byte[]>> HandleBytesAsync(
        this IMessageHandler handler, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        var context = new TestMessageContext(payload);
        await context.RunAsync(handler, cancellationToken).ConfigureAwait(false);
        return context.Replies;
    }
}

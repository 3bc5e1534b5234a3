namespace Transports.Testing.Tests.Examples;

/// <summary>Example of a handler: answers the name of an article with its price.</summary>
public sealed class PriceHandler(IReadOnlyDictionary<string, string> prices) : IMessageHandler
{
    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var article = System.Text.Encoding.UTF8.GetString(context.Payload.Span);
        return context.ReplyAsync(prices.GetValueOrDefault(article, "unknown"), cancellationToken);
    }
}

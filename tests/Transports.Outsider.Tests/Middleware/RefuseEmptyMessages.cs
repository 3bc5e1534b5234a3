using Transports;

namespace Outsider;

/// <summary>A middleware: answers empty messages itself.</summary>
public sealed class RefuseEmptyMessages : IMessageMiddleware
{
    public ValueTask InvokeAsync(MessageContext context, MessageDelegate next, CancellationToken cancellationToken) =>
        context.Payload.IsEmpty ? context.ReplyAsync("empty", cancellationToken) : next(context, cancellationToken);
}

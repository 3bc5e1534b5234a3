namespace Transports;

internal sealed class DelegateMiddleware(Func<MessageContext, MessageDelegate, CancellationToken, ValueTask> invoke)
    : IMessageMiddleware
{
    public ValueTask InvokeAsync(MessageContext context, MessageDelegate next, CancellationToken cancellationToken) =>
        invoke(context, next, cancellationToken);
}

namespace Transports;

/// <summary>Middleware round a handler, put together once: a message costs one delegate call per middleware.</summary>
internal class MiddlewareChain : IMessageHandler
{
    private readonly MessageDelegate _first;

    private MiddlewareChain(MessageDelegate first) => _first = first;

    /// <param name="middleware">The first is the outermost.</param>
    /// <param name="handler">If it is an <see cref="IConnectionObserver"/>, so is the result.</param>
    public static IMessageHandler Compose(IReadOnlyList<IMessageMiddleware> middleware, IMessageHandler handler)
    {
        if (middleware.Count == 0)
        {
            return handler;
        }

        MessageDelegate first = handler.HandleAsync;
        foreach (var outer in middleware.Reverse())
        {
            var next = first;
            first = (context, cancellationToken) => outer.InvokeAsync(context, next, cancellationToken);
        }

        return handler is IConnectionObserver observer ? new Observing(first, observer) : new MiddlewareChain(first);
    }

    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
        _first(context, cancellationToken);

    private sealed class Observing(MessageDelegate first, IConnectionObserver observer)
        : MiddlewareChain(first), IConnectionObserver
    {
        public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken) =>
            observer.OnConnectedAsync(connection, cancellationToken);

        public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason) =>
            observer.OnDisconnectedAsync(connection, reason);
    }
}

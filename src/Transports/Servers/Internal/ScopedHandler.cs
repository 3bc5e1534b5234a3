using Microsoft.Extensions.DependencyInjection;

namespace Transports;

/// <summary>Gives every message a handler of its own, from a scope that lives as long as the handler works.</summary>
internal class ScopedHandler<THandler>(IServiceScopeFactory scopes) : IMessageHandler
    where THandler : class, IMessageHandler
{
    public static IMessageHandler Create(IServiceScopeFactory scopes, bool observes) =>
        observes ? new Observing(scopes) : new ScopedHandler<THandler>(scopes);

    public async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var handler = scope.ServiceProvider.GetRequiredService<THandler>();
            await handler.HandleAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Observing(IServiceScopeFactory scopes) : ScopedHandler<THandler>(scopes), IConnectionObserver
    {
        private readonly IServiceScopeFactory _scopes = scopes;

        public async ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
        {
            var scope = _scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                await Observer(scope).OnConnectedAsync(connection, cancellationToken).ConfigureAwait(false);
            }
        }

        public async ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
        {
            var scope = _scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                await Observer(scope).OnDisconnectedAsync(connection, reason).ConfigureAwait(false);
            }
        }

        private static IConnectionObserver Observer(AsyncServiceScope scope) =>
            (IConnectionObserver)scope.ServiceProvider.GetRequiredService<THandler>();
    }
}

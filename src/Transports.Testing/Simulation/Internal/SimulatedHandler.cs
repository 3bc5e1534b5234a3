namespace Transports.Testing;

/// <summary>
/// The test's handler as the library calls it: it runs by its own rules, and comes back to the library's.
/// </summary>
internal class SimulatedHandler : IMessageHandler
{
    private readonly IMessageHandler _inner;
    private readonly EventLoop _loop;

    private SimulatedHandler(IMessageHandler inner, EventLoop loop) => (_inner, _loop) = (inner, loop);

    /// <summary>Null stays null, for the library to complain of.</summary>
    public static IMessageHandler Wrap(IMessageHandler handler, EventLoop loop) => handler switch
    {
        null => null!,
        IConnectionObserver observer => new Observing(handler, observer, loop),
        _ => new SimulatedHandler(handler, loop),
    };

    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        ValueTask handling;
        using (_loop.EnterUser())
        {
            handling = _inner.HandleAsync(context, cancellationToken);
        }

        return Return(handling);
    }

    private static async ValueTask AwaitAsync(ValueTask task)
    {
        // Captured on purpose: that is how it comes back to the loop.
        await task.ConfigureAwait(true);
    }

    private ValueTask Return(ValueTask task)
    {
        if (task.IsCompleted || !_loop.IsCurrent)
        {
            return task;
        }

        using (_loop.EnterReturn())
        {
            return AwaitAsync(task);
        }
    }

    private sealed class Observing(IMessageHandler inner, IConnectionObserver observer, EventLoop loop)
        : SimulatedHandler(inner, loop), IConnectionObserver
    {
        public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
        {
            ValueTask observing;
            using (_loop.EnterUser())
            {
                observing = observer.OnConnectedAsync(connection, cancellationToken);
            }

            return Return(observing);
        }

        public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
        {
            ValueTask observing;
            using (_loop.EnterUser())
            {
                observing = observer.OnDisconnectedAsync(connection, reason);
            }

            return Return(observing);
        }
    }
}

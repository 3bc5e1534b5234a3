using Transports;
using Uppercase;

namespace Soak;

/// <summary>The upper-case handler, which now and then waits before it answers, and counts what it is doing.</summary>
internal sealed class SoakHandler : IMessageHandler, IConnectionObserver
{
    private readonly UppercaseHandler _upper = new();
    private long _messages;
    private long _running;
    private long _observed;

    public long Messages => Interlocked.Read(ref _messages);

    public long Running => Interlocked.Read(ref _running);

    public long Observed => Interlocked.Read(ref _observed);

    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        return Interlocked.Increment(ref _messages) % 7 == 0
            ? HandleLaterAsync(context, cancellationToken)
            : Finish(_upper.HandleAsync(context, cancellationToken));
    }

    public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _observed);
        return default;
    }

    public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
    {
        Interlocked.Decrement(ref _observed);
        return default;
    }

    private async ValueTask HandleLaterAsync(MessageContext context, CancellationToken cancellationToken)
    {
        await Task.Yield();
        await Finish(_upper.HandleAsync(context, cancellationToken));
    }

    private async ValueTask Finish(ValueTask handling)
    {
        try
        {
            await handling;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}

using System.Collections.Concurrent;
using Transports;
using Uppercase;

namespace Soak;

/// <summary>The upper-case handler, which now and then waits before it answers, and counts what it is doing.</summary>
internal sealed class SoakHandler : IMessageHandler, IConnectionObserver
{
    private readonly UppercaseHandler _upper = new();
    private readonly ConcurrentDictionary<CloseReason, long> _reasons = new();
    private long _messages;
    private long _running;
    private long _observed;

    public long Messages => Interlocked.Read(ref _messages);

    public long Running => Interlocked.Read(ref _running);

    public long Observed => Interlocked.Read(ref _observed);

    /// <summary>How the listeners' connections ended.</summary>
    public string Reasons => string.Join(
        ", ", _reasons.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value:N0} {pair.Key}"));

    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
        HandleAsync(context, Interlocked.Increment(ref _messages) % 7 == 0, cancellationToken);

    public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _observed);
        return default;
    }

    public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
    {
        Interlocked.Decrement(ref _observed);
        _reasons.AddOrUpdate(reason, 1, static (_, count) => count + 1);
        return default;
    }

    private async ValueTask HandleAsync(MessageContext context, bool later, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            if (later)
            {
                await Task.Yield();
            }

            await _upper.HandleAsync(context, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}

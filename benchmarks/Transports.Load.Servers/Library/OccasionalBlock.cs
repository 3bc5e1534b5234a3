namespace Transports.Load.Servers;

/// <summary>Blocks the thread for 50 ms at every 20,000th message, as a handler does that waits for a file.</summary>
internal sealed class OccasionalBlock : IMessageMiddleware
{
    private const int Every = 20_000;
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(50);
    private int _messages;

    public ValueTask InvokeAsync(MessageContext context, MessageDelegate next, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _messages) % Every == 0)
        {
            Thread.Sleep(Duration);
        }

        return next(context, cancellationToken);
    }
}

namespace Transports.Tests.Datagrams;

/// <summary>
/// Echoes, but blocks its thread for a message that begins with "block": until it is let go, and before it replies.
/// </summary>
internal sealed class StuckHandler : IMessageHandler, IDisposable
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly SemaphoreSlim _stuck = new(0);
    private int _running;
    private int _mostRunning;

    public int MostRunning => Volatile.Read(ref _mostRunning);

    /// <summary>What is done for a message that was let go; null echoes it.</summary>
    public Func<MessageContext, CancellationToken, ValueTask>? Then { get; init; }

    /// <summary>What is done before it blocks.</summary>
    public Action<MessageContext>? First { get; init; }

    /// <summary>Ends when one more message is stuck.</summary>
    public Task WhenStuckAsync() => _stuck.WaitAsync().Soon();

    public void LetGo() => _gate.Set();

    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var running = Interlocked.Increment(ref _running);
        for (var most = MostRunning; running > most; most = MostRunning)
        {
            Interlocked.CompareExchange(ref _mostRunning, running, most);
        }

        try
        {
            var isStuck = context.Payload.Span.StartsWith("block"u8);
            if (isStuck)
            {
                First?.Invoke(context);
                _stuck.Release();
                _gate.Wait(CancellationToken.None);
            }

            return isStuck && Then is not null
                ? Then(context, cancellationToken)
                : context.ReplyAsync(context.Payload.Span, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public void Dispose()
    {
        _gate.Set();
        _stuck.Dispose();
    }
}

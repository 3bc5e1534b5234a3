namespace Transports.Testing;

/// <summary>
/// Brings awaits back to the loop. There are two of each loop's: the test's code runs under one, so that every await in
/// it comes back in its turn; the library's code runs under none, since its continuations then run inline, and where it
/// awaits the test's code the other brings it back so.
/// </summary>
internal sealed class LoopContext(EventLoop loop, bool isUser) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => loop.Post(new LoopWork(d, state, isUser));

    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (!loop.IsCurrent)
        {
            throw new NotSupportedException("Nobody may wait for the thread of a simulated network: use Post.");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}

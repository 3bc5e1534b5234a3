namespace Transports.Operations.Tests;

/// <summary>Answers with its name, and with who asks; half of the messages only after a wait.</summary>
internal sealed class CountingHandler(string name) : IMessageHandler
{
    private long _handled;
    private long _answered;

    public long Handled => Volatile.Read(ref _handled);

    public long Answered => Volatile.Read(ref _answered);

    public async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _handled);
        if (context.Payload.Span.SequenceEqual("never"u8))
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        else if (number % 2 == 0)
        {
            await Task.Yield();
        }

        await context.ReplyAsync($"{name} {context.RemoteEndPoint}", cancellationToken);
        Interlocked.Increment(ref _answered);
    }
}

using Transports;

namespace Outsider;

/// <summary>A handler that also observes: answers with the bytes in reverse, and counts who is there.</summary>
public sealed class ReverseHandler : IMessageHandler, IConnectionObserver
{
    private readonly TaskCompletionSource<CloseReason> _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connected;

    public int Connected => Volatile.Read(ref _connected);

    /// <summary>Ends when the first peer has gone.</summary>
    public Task<CloseReason> Gone => _gone.Task;

    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
    {
        var length = context.Payload.Length;
        var reply = context.Reply.GetSpan(length);
        context.Payload.Span.CopyTo(reply);
        reply[..length].Reverse();
        context.Reply.Advance(length);
        return context.Reply.SendAsync(cancellationToken);
    }

    public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connected);
        return default;
    }

    public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
    {
        Interlocked.Decrement(ref _connected);
        _gone.TrySetResult(reason);
        return default;
    }
}

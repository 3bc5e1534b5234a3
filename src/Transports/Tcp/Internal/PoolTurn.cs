using System.Threading.Tasks.Sources;

namespace Transports;

/// <summary>
/// A place at the end of the thread pool's queue: who waits goes on when all that was queued before has had its turn.
/// For one waiter at a time.
/// </summary>
/// <remarks>
/// <see cref="Task.Yield"/> does as much, except that it may post to a synchronization context, and takes an async
/// method of its own to be a <see cref="ValueTask"/>.
/// </remarks>
internal sealed class PoolTurn : IValueTaskSource, IThreadPoolWorkItem
{
    /// <summary>Who comes back after more than so many finds what it needs out of the processor's caches.</summary>
    private const int MaxWaiting = 64;

    private static int _waiting;

    private Action<object?>? _continuation;
    private object? _state;

    /// <summary>Whether it is worth while to wait: not behind too many who do.</summary>
    public static bool IsNear => Volatile.Read(ref _waiting) < MaxWaiting;

    /// <summary>Takes the place when it is awaited, not before: nothing can end before somebody waits for it.</summary>
    public ValueTask WaitAsync() => new(this, token: 0);

    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Decrement(ref _waiting);
        _continuation!(_state);
    }

    void IValueTaskSource.GetResult(short token)
    {
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => ValueTaskSourceStatus.Pending;

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        (_continuation, _state) = (continuation, state);
        Interlocked.Increment(ref _waiting);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}

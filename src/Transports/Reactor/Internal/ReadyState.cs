using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Transports;

/// <summary>
/// Whether one direction of a descriptor is ready, and the one waiter for it. Events come edge-triggered, so readiness
/// is remembered here until the descriptor was found empty; the waiter goes on within the call that reports the event.
/// Part of its owner, as every idle connection has one; not to be copied.
/// </summary>
internal struct ReadyState
{
    private const int Ready = 1;
    private const int Waiting = 2;
    private const int Sticky = 4;

    /// <summary>In place of a continuation: the wait has ended.</summary>
    private static readonly Action<object?> Ended = _ => { };

    private Action<object?>? _continuation;
    private object? _continuationState;
    private int _state;

    /// <summary>Of the wait that began last.</summary>
    public ValueTaskSourceStatus Status =>
        Volatile.Read(ref _continuation) == Ended ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    /// <summary>Waits until the descriptor is ready; completes at once if it is.</summary>
    public static ValueTask WaitAsync(IReadySource owner, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? WaitOrCancelAsync(owner, cancellationToken) : owner.State.BeginWait(owner);

    /// <summary>To be called before the descriptor is tried: an event that comes meanwhile is not lost.</summary>
    public void Clear() => Interlocked.And(ref _state, ~Ready);

    /// <summary>The descriptor was empty although it was said to have ended: forget that it was said.</summary>
    public void ClearSticky() => Interlocked.And(ref _state, ~Sticky);

    /// <summary>There may be more, without a further event.</summary>
    public void Restore() => Interlocked.Or(ref _state, Ready);

    /// <summary>Reports an event; <paramref name="sticky"/> for one that will not be reported again.</summary>
    public void Set(bool sticky = false)
    {
        var flags = sticky ? Ready | Sticky : Ready;
        int state;
        do
        {
            state = Volatile.Read(ref _state);
        }
        while (Interlocked.CompareExchange(ref _state, (state | flags) & ~Waiting, state) != state);

        if ((state & Waiting) != 0)
        {
            EndWait();
        }
    }

    /// <summary>Waits without a token.</summary>
    public ValueTask BeginWait(IReadySource owner)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if ((state & (Ready | Sticky)) != 0)
            {
                return default;
            }

            _continuation = null;
            if (Interlocked.CompareExchange(ref _state, state | Waiting, state) == state)
            {
                return new ValueTask(owner, token: 0);
            }
        }
    }

    /// <summary>Goes on when the wait that has begun ends: an await's part for somebody who does not await.</summary>
    public void ContinueAfterWait(Action<object?> continuation, object? state)
    {
        _continuationState = state;
        if (Interlocked.CompareExchange(ref _continuation, continuation, null) is not null)
        {
            // It has ended already. Going on here would let the stack grow with every such wait.
            _continuationState = null;
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: true);
        }
    }

    /// <summary>
    /// A wait that is cancelled may leave word of readiness behind that is not true: whoever comes next finds the
    /// descriptor empty and waits again.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask WaitOrCancelAsync(IReadySource owner, CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static self => ((IReadySource)self!).State.Set(), owner))
        {
            await owner.State.BeginWait(owner).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Only whoever took the waiting flag comes here, so once for each wait.</summary>
    private void EndWait()
    {
        if (Interlocked.Exchange(ref _continuation, Ended) is { } continuation)
        {
            var state = _continuationState;
            _continuationState = null;
            continuation(state);
        }
    }
}

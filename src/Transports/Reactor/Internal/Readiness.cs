using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Transports;

/// <summary>
/// Whether one direction of a descriptor is ready, and the one waiter for it. Events come edge-triggered, so readiness
/// is remembered here until the descriptor was found empty; the waiter goes on within the call that reports the event.
/// </summary>
internal sealed class Readiness : IValueTaskSource
{
    private const int Ready = 1;
    private const int Waiting = 2;
    private const int Sticky = 4;

    private ManualResetValueTaskSourceCore<bool> _waiter;
    private int _state;

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
            _waiter.SetResult(true);
        }
    }

    /// <summary>Waits until the descriptor is ready; completes at once if it is.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? WaitOrCancelAsync(cancellationToken) : WaitAsync();

    /// <summary>Waits without a token.</summary>
    public ValueTask WaitAsync()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if ((state & (Ready | Sticky)) != 0)
            {
                return default;
            }

            _waiter.Reset();
            if (Interlocked.CompareExchange(ref _state, state | Waiting, state) == state)
            {
                return new ValueTask(this, _waiter.Version);
            }
        }
    }

    void IValueTaskSource.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    /// <summary>
    /// A wait that is cancelled may leave word of readiness behind that is not true: whoever comes next finds the
    /// descriptor empty and waits again.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitOrCancelAsync(CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static self => ((Readiness)self!).Set(), this))
        {
            await WaitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}

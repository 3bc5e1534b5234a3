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
    private const int Cancelled = 8;

    private ManualResetValueTaskSourceCore<bool> _waiter;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private int _state;

    /// <summary>To be called before the descriptor is tried: an event that comes meanwhile is not lost.</summary>
    public void Clear() => Interlocked.And(ref _state, ~Ready);

    /// <summary>The descriptor was empty although it was said to have ended: forget that it was said.</summary>
    public void ClearSticky() => Interlocked.And(ref _state, ~Sticky);

    /// <summary>There may be more, without a further event.</summary>
    public void Restore() => Interlocked.Or(ref _state, Ready);

    /// <summary>Reports an event; <paramref name="sticky"/> for one that will not be reported again.</summary>
    public void Set(bool sticky = false) => Wake(sticky ? Ready | Sticky : Ready);

    /// <summary>Waits until the descriptor is ready; completes at once if it is.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken != _token)
        {
            // The receive loop waits with the same token nearly all its life: one registration serves for all waits.
            _registration.Dispose();
            _token = cancellationToken;
            Interlocked.And(ref _state, ~Cancelled);
            _registration = cancellationToken.UnsafeRegister(static self => ((Readiness)self!).Wake(Cancelled), this);
        }

        return WaitAsync();
    }

    /// <summary>Waits without a token.</summary>
    public ValueTask WaitAsync()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if ((state & Cancelled) != 0)
            {
                return ValueTask.FromCanceled(_token);
            }

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

    private void Wake(int flags)
    {
        int state;
        do
        {
            state = Volatile.Read(ref _state);
        }
        while (Interlocked.CompareExchange(ref _state, (state | flags) & ~Waiting, state) != state);

        if ((state & Waiting) == 0)
        {
            return;
        }

        if ((flags & Cancelled) != 0)
        {
            _waiter.SetException(new OperationCanceledException(_token));
        }
        else
        {
            _waiter.SetResult(true);
        }
    }
}

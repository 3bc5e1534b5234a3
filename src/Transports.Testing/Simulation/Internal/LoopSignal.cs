using System.Threading.Tasks.Sources;

namespace Transports.Testing;

/// <summary>A wait that can be used again and again, one at a time. For the loop's thread.</summary>
internal sealed class LoopSignal(EventLoop loop) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;

    /// <summary>Whether somebody waits.</summary>
    public bool IsArmed { get; private set; }

    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        _core.Reset();
        (_token, IsArmed) = (cancellationToken, true);
        if (cancellationToken.CanBeCanceled)
        {
            // In its turn: whoever cancels must not run what the wait's end sets off.
            _registration = cancellationToken.UnsafeRegister(
                static signal => ((LoopSignal)signal!).CancelLater(), this);
        }

        return new ValueTask(this, _core.Version);
    }

    /// <summary>Wakes the one that waits, here and now.</summary>
    public void Set()
    {
        if (TryDisarm())
        {
            _core.SetResult(true);
        }
    }

    /// <summary>Wakes the one that waits, in its turn.</summary>
    public void SetLater()
    {
        if (IsArmed)
        {
            loop.Post(static signal => ((LoopSignal)signal!).Set(), this);
        }
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void CancelLater() => loop.Post(static signal => ((LoopSignal)signal!).Cancel(), this);

    private void Cancel()
    {
        // The wait that was cancelled may be over, and another begun with another token.
        if (_token.IsCancellationRequested && TryDisarm())
        {
            _core.SetException(new OperationCanceledException(_token));
        }
    }

    private bool TryDisarm()
    {
        var was = IsArmed;
        IsArmed = false;
        if (was)
        {
            loop.Stir();
            _registration.Unregister();
        }

        return was;
    }
}

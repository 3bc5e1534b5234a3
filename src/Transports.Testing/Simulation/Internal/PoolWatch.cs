namespace Transports.Testing;

/// <summary>
/// Notices work of a simulation that runs on the thread pool instead of its loop, because the test's code went there.
/// </summary>
/// <remarks>
/// The execution context flows along with such work, and a value in it tells when a thread begins and ceases to run
/// some. What has been queued and not begun shows nowhere but in the pool's own count, which other work shares; so when
/// something is queued, a work item of ours is queued behind it, and time stands still until that has come through.
/// </remarks>
internal sealed class PoolWatch
{
    private static readonly AsyncLocal<PoolWatch?> Current = new(OnChanged);

    private readonly EventLoop _loop;
    private int _running;
    private int _begun;
    private int _settledAt;
    private int _fences;

    public PoolWatch(EventLoop loop) => _loop = loop;

    /// <summary>How many threads of the pool work for this simulation.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Makes all that the calling flow starts from now on belong to this simulation.</summary>
    public void Adopt() => Current.Value = this;

    /// <summary>False while work may be outside; the loop is woken when that may have changed.</summary>
    /// <param name="mayBeQueued">Whether any code has run that can have queued some since the last rest.</param>
    public bool IsAtRest(bool mayBeQueued)
    {
        if (Running > 0)
        {
            return false;
        }

        var begun = Volatile.Read(ref _begun);
        if (begun == _settledAt && (!mayBeQueued || ThreadPool.PendingWorkItemCount == 0))
        {
            return true;
        }

        return Volatile.Read(ref _fences) switch
        {
            0 => StartFence(),
            1 => false,
            _ => EndFence(begun),
        };
    }

    private static void OnChanged(AsyncLocalValueChangedArgs<PoolWatch?> change)
    {
        if (!change.ThreadContextChanged || ReferenceEquals(change.PreviousValue, change.CurrentValue))
        {
            return;
        }

        change.CurrentValue?.Begin();
        change.PreviousValue?.End();
    }

    private void Begin()
    {
        if (!_loop.IsCurrent)
        {
            Interlocked.Increment(ref _running);
            Interlocked.Increment(ref _begun);
        }
    }

    private void End()
    {
        if (!_loop.IsCurrent && Interlocked.Decrement(ref _running) == 0)
        {
            _loop.Wake();
        }
    }

    private bool StartFence()
    {
        _settledAt = Volatile.Read(ref _begun);
        Volatile.Write(ref _fences, 1);
        ThreadPool.UnsafeQueueUserWorkItem(static watch => watch.PassFence(), this, preferLocal: false);
        return false;
    }

    private void PassFence()
    {
        Volatile.Write(ref _fences, 2);
        _loop.Wake();
    }

    /// <summary>Nothing begun since the fence was queued: all that was queued before it has begun, and ended.</summary>
    private bool EndFence(int begun)
    {
        _fences = 0;
        return begun == _settledAt && Running == 0;
    }
}

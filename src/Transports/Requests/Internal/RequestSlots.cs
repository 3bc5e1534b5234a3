namespace Transports.Requests;

/// <summary>How many more requests may be under way; those over it wait, first come, first served.</summary>
/// <remarks>A semaphore of the framework would do, if it could wake anywhere but on the thread pool.</remarks>
internal sealed class RequestSlots(int count)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiters = new();
    private int _free = count;

    /// <summary>Takes a slot, waiting for one.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        lock (_gate)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            var waiter = _waiters.AddLast(new TaskCompletionSource(Continuations.Options));
            return cancellationToken.CanBeCanceled ? WaitAsync(waiter, cancellationToken) : waiter.Value.Task;
        }
    }

    /// <summary>Gives a slot back, to the one that has waited longest if there is one.</summary>
    public void Release()
    {
        TaskCompletionSource next;
        lock (_gate)
        {
            if (_waiters.First is not { } first)
            {
                _free++;
                return;
            }

            next = first.Value;
            _waiters.Remove(first);
        }

        // The caller may hold a lock: nobody is woken inside it.
        if (!Continuations.TryQueue(static waiter => ((TaskCompletionSource)waiter!).SetResult(), next))
        {
            next.SetResult();
        }
    }

    private async Task WaitAsync(LinkedListNode<TaskCompletionSource> waiter, CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            (_, token) => GiveUp(waiter, token), null);
        await waiter.Value.Task.ConfigureAwait(false);
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource> waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.List is null)
            {
                // Its slot is on the way to it.
                return;
            }

            _waiters.Remove(waiter);
        }

        waiter.Value.SetCanceled(cancellationToken);
    }
}

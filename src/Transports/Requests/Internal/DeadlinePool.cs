using System.Collections.Concurrent;

namespace Transports.Requests;

/// <summary>Deadlines that are used again, so that a request costs no timer of its own.</summary>
/// <remarks>
/// Only on the system's clock: a <see cref="CancellationTokenSource"/> cannot be armed again on another. It grows to
/// the largest number of requests that were waiting at once, and each holds no more than a few hundred bytes.
/// </remarks>
internal sealed class DeadlinePool(TimeSpan timeout, TimeProvider timeProvider)
{
    private readonly ConcurrentQueue<CancellationTokenSource> _pool = new();

    public CancellationTokenSource Rent()
    {
        if (!_pool.TryDequeue(out var deadline))
        {
            return new CancellationTokenSource(timeout, timeProvider);
        }

        deadline.CancelAfter(timeout);
        return deadline;
    }

    /// <summary>To be called when nothing is registered with it any more.</summary>
    public void Return(CancellationTokenSource deadline)
    {
        if (timeProvider == TimeProvider.System && deadline.TryReset())
        {
            _pool.Enqueue(deadline);
        }
        else
        {
            deadline.Dispose();
        }
    }
}

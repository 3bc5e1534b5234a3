using System.Diagnostics;

namespace Transports.Testing;

/// <summary>Lets tests wait by signal until a condition holds on state that one lock guards.</summary>
internal sealed class StateSignal(Lock gate)
{
    /// <summary>Long enough for a busy machine: only a test that fails ever waits for it.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly List<Waiter> _waiters = [];

    /// <summary>To be called after every change, with the lock held.</summary>
    public void Changed() => _waiters.RemoveAll(static waiter => waiter.TryEnd());

    /// <summary>Waits until <paramref name="condition"/>, which is asked with the lock held, is true.</summary>
    /// <exception cref="TimeoutException">It was not; the message is that of <paramref name="failure"/>.</exception>
    public async Task WaitAsync(
        Func<bool> condition, TimeSpan timeout, Func<string> failure, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(condition);
        lock (gate)
        {
            if (waiter.TryEnd())
            {
                return;
            }

            _waiters.Add(waiter);
        }

        try
        {
            // Wall time on purpose, since it guards against a hang, and none while somebody steps through the test.
            var limit = Debugger.IsAttached ? Timeout.InfiniteTimeSpan : timeout;
            await waiter.Ended.WaitAsync(limit, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{failure()} (waited {timeout}).");
        }
        finally
        {
            lock (gate)
            {
                _waiters.Remove(waiter);
            }
        }
    }

    private sealed class Waiter(Func<bool> condition)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public bool TryEnd() => condition() && _ended.TrySetResult();
    }
}

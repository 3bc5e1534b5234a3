namespace Transports;

/// <summary>
/// Closes connections that have been silent for too long, with one timer for all of them. A sweep reckons when the next
/// connection can become due and sleeps until then, at least an eighth of the time-out: so a lone connection is closed
/// on time, and thousands cost eight sweeps per time-out at the most.
/// </summary>
internal sealed class IdleSweep : IDisposable
{
    private readonly ConnectionSet _connections;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _timeProvider;
    private readonly ITimer? _timer;

    public IdleSweep(ConnectionSet connections, TimeSpan timeout, TimeProvider timeProvider)
    {
        (_connections, _timeout, _timeProvider) = (connections, timeout, timeProvider);
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            _timer = timeProvider.CreateTimer(
                static sweep => ((IdleSweep)sweep!).Sweep(), this, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Sweep()
    {
        var now = _timeProvider.GetTimestamp();
        var next = _timeout;
        foreach (var connection in _connections.Snapshot())
        {
            var left = _timeout - connection.IdleFor(now);
            if (left <= TimeSpan.Zero)
            {
                connection.BeginClose(CloseReason.IdleTimeout);
            }
            else if (left < next)
            {
                next = left;
            }
        }

        var least = _timeout / 8;
        _timer?.Change(next < least ? least : next, Timeout.InfiniteTimeSpan);
    }
}

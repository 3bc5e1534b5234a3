namespace Transports;

/// <summary>
/// Closes connections that have been silent for too long, send too slowly or are too old, with one timer for all of
/// them. A sweep reckons when the next connection can become due and sleeps until then, within bounds: so a lone
/// connection is closed on time, and thousands cost eight sweeps per time-out at the most.
/// </summary>
internal sealed class ConnectionSweep : IDisposable
{
    private readonly ConnectionSet _connections;
    private readonly StreamTransportOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _longest;
    private readonly ITimer? _timer;
    private TimeSpan _planned;
    private long _sweptAt;

    public ConnectionSweep(ConnectionSet connections, StreamTransportOptions options, TimeProvider timeProvider)
    {
        (_connections, _options, _timeProvider) = (connections, options, timeProvider);
        var grace = options.MinReceiveRate == 0 ? Timeout.InfiniteTimeSpan : options.MinReceiveRateGrace;
        var life = options.MaxConnectionLifetime;
        _longest = Shorter(Shorter(options.IdleTimeout, grace), life == Timeout.InfiniteTimeSpan ? life : life / 8);
        if (_longest != Timeout.InfiniteTimeSpan)
        {
            (_planned, _sweptAt) = (_longest, timeProvider.GetTimestamp());
            _timer = timeProvider.CreateTimer(
                static sweep => ((ConnectionSweep)sweep!).Sweep(), this, _longest, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) =>
        one == Timeout.InfiniteTimeSpan || (other != Timeout.InfiniteTimeSpan && other < one) ? other : one;

    private void Sweep()
    {
        var now = _timeProvider.GetTimestamp();

        // Late by that much, this process was stopped or starved: what peers have sent meanwhile is not read yet.
        var isLate = _timeProvider.GetElapsedTime(_sweptAt, now) > _planned + _options.MinReceiveRateGrace;
        var next = _longest;
        using var snapshot = _connections.RentSnapshot();
        foreach (var connection in snapshot.Connections)
        {
            next = Shorter(next, IdleLeft(connection, now));
            next = Shorter(next, LifeLeft(connection, now));
            next = Shorter(next, isLate ? _longest : RateLeft(connection, now));
        }

        var least = TimeSpan.FromTicks(Math.Max(_longest.Ticks / 8, TimeSpan.TicksPerMillisecond));
        _planned = next < least ? least : next;
        _sweptAt = now;
        _timer?.Change(_planned, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan IdleLeft(StreamConnection connection, long now)
    {
        if (_options.IdleTimeout == Timeout.InfiniteTimeSpan)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = _options.IdleTimeout - connection.IdleFor(now);
        if (left <= TimeSpan.Zero)
        {
            connection.BeginClose(CloseReason.IdleTimeout);
        }

        return left > TimeSpan.Zero ? left : Timeout.InfiniteTimeSpan;
    }

    private TimeSpan LifeLeft(StreamConnection connection, long now)
    {
        if (connection.ExpiresAt == long.MaxValue)
        {
            return Timeout.InfiniteTimeSpan;
        }

        if (connection.ExpiresAt > now)
        {
            return _timeProvider.GetElapsedTime(now, connection.ExpiresAt);
        }

        connection.Drain(CloseReason.LifetimeReached);
        return Timeout.InfiniteTimeSpan;
    }

    /// <summary>A message of n bytes so far must not be older than the grace and n bytes at the least rate.</summary>
    private TimeSpan RateLeft(StreamConnection connection, long now)
    {
        if (_options.MinReceiveRate == 0 || _options.MinReceiveRateGrace == Timeout.InfiniteTimeSpan)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var age = connection.UnfinishedFor(now, out var bytes);
        if (age == TimeSpan.Zero)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = _options.MinReceiveRateGrace + TimeSpan.FromSeconds((double)bytes / _options.MinReceiveRate) - age;
        if (left < TimeSpan.Zero)
        {
            connection.BeginClose(CloseReason.SlowSender);
            return Timeout.InfiniteTimeSpan;
        }

        return left;
    }
}

namespace Transports.Testing;

/// <summary>
/// The one timer of a connection (RFC 6298). It is set anew with almost every segment, so its place on the agenda is
/// only moved when it is reached.
/// </summary>
internal sealed class TcpTimer(SimulatedHost host, Action elapsed) : ITimed
{
    private readonly EventLoop _loop = host.Network.Loop;
    private long _dueTicks = long.MaxValue;
    private long _placedTicks = long.MaxValue;

    /// <summary>Whether it runs.</summary>
    public bool IsDue => _dueTicks != long.MaxValue;

    /// <summary>A segment that is to be sent again is not under way: a network that holds it can be idle.</summary>
    bool ITimed.IsTraffic => false;

    public void Start(TimeSpan time)
    {
        _dueTicks = _loop.NowTicks + time.Ticks;
        if (_dueTicks < _placedTicks)
        {
            // A later place that is left over does no harm.
            _placedTicks = _dueTicks;
            _loop.Agenda.Add(_dueTicks, this);
        }
    }

    public void Stop() => _dueTicks = long.MaxValue;

    void ITimed.Forget() => _placedTicks = long.MaxValue;

    void ITimed.Happen()
    {
        if (host.DefersWhilePaused(this))
        {
            return;
        }

        _placedTicks = long.MaxValue;
        if (!IsDue)
        {
            // Stopped by a segment that waited in front of it while the host was paused.
            return;
        }

        if (_dueTicks > _loop.NowTicks)
        {
            _placedTicks = _dueTicks;
            _loop.Agenda.Add(_dueTicks, this);
            return;
        }

        Stop();
        elapsed();
    }
}

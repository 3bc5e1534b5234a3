namespace Transports;

/// <summary>A token bucket of one second's worth of accepts. For the accept loop alone: it takes no lock.</summary>
internal sealed class AcceptRate(int perSecond, TimeProvider timeProvider)
{
    private double _tokens = perSecond;
    private long _filledAt = timeProvider.GetTimestamp();

    /// <summary>False when too many came within the last second.</summary>
    public bool TryTake()
    {
        if (perSecond == 0)
        {
            return true;
        }

        var now = timeProvider.GetTimestamp();
        var elapsed = timeProvider.GetElapsedTime(_filledAt, now);
        _tokens = Math.Min(perSecond, _tokens + (elapsed.TotalSeconds * perSecond));
        _filledAt = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}

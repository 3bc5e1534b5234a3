namespace Transports.Diagnostics;

/// <summary>
/// Lets one log line a minute through and counts the rest, so that a flood of errors is not a flood of lines.
/// </summary>
internal sealed class LogThrottle(TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private long _nextTimestamp;
    private long _suppressed;

    /// <summary>
    /// True when a line may be logged; <paramref name="suppressed"/> is how many were not since the last.
    /// </summary>
    public bool TryPass(out long suppressed)
    {
        suppressed = 0;
        var now = timeProvider.GetTimestamp();
        var next = Volatile.Read(ref _nextTimestamp);
        var following = now + (long)(Interval.TotalSeconds * timeProvider.TimestampFrequency);
        if ((next != 0 && now < next) || Interlocked.CompareExchange(ref _nextTimestamp, following, next) != next)
        {
            Interlocked.Increment(ref _suppressed);
            return false;
        }

        suppressed = Interlocked.Exchange(ref _suppressed, 0);
        return true;
    }
}

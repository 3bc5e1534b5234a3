namespace Transports.Requests;

/// <summary>How soon the next attempt to connect may be made. Not thread-safe.</summary>
internal sealed class ReconnectBackoff(RequestClientOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Random _random = options.JitterSeed is { } seed ? new Random(seed) : new Random();
    private int _failures;
    private long _failedAt;

    /// <summary>The delay that the last failure asked for.</summary>
    public TimeSpan Delay { get; private set; }

    /// <summary>What is left of the delay; nothing if no timer could measure it, as waiting would spin.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var remaining = _failures == 0 ? TimeSpan.Zero : Delay - timeProvider.GetElapsedTime(_failedAt);
            return remaining < Tick ? TimeSpan.Zero : remaining;
        }
    }

    public void Failed()
    {
        var doubled = options.ReconnectDelay.TotalMilliseconds * Math.Pow(2, _failures++);
        var longest = Math.Min(options.MaxReconnectDelay.TotalMilliseconds, doubled);
        Delay = TimeSpan.FromMilliseconds(Math.Ceiling(longest * (1 - (0.5 * _random.NextDouble()))));
        _failedAt = timeProvider.GetTimestamp();
    }

    /// <summary>A reply came: the peer works, so that the next attempt need not wait.</summary>
    public void Succeeded() => _failures = 0;
}

using System.Globalization;

namespace Transports;

/// <summary>Times as an endpoint URI writes them. A bare number is refused: 30 could be anything.</summary>
internal static class TimeText
{
    public static bool TryParse(string text, out TimeSpan time)
    {
        if (text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
        {
            time = Timeout.InfiniteTimeSpan;
            return true;
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time);
        }

        // 'ms' before 's' and 'm': the longest unit that fits counts.
        return TryUnit(text, "ms", TimeSpan.TicksPerMillisecond, out time)
            || TryUnit(text, "s", TimeSpan.TicksPerSecond, out time)
            || TryUnit(text, "m", TimeSpan.TicksPerMinute, out time)
            || TryUnit(text, "h", TimeSpan.TicksPerHour, out time);
    }

    private static bool TryUnit(string text, string unit, long ticks, out TimeSpan time)
    {
        time = default;
        if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // The largest product, 2^31 hours, is 7.7e19 ticks and would overflow.
        var digits = text.AsSpan(0, text.Length - unit.Length);
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue / ticks)
        {
            return false;
        }

        time = new TimeSpan(number * ticks);
        return true;
    }
}

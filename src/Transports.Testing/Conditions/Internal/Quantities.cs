using System.Buffers;
using System.Globalization;

namespace Transports.Testing;

/// <summary>Times, percentages and rates, as <c>tc</c> writes them.</summary>
internal static class Quantities
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Name, decimal Ticks)[] TimeUnits =
    [
        ("", 10), ("s", 10_000_000), ("sec", 10_000_000), ("secs", 10_000_000), ("ms", 10_000), ("msec", 10_000),
        ("msecs", 10_000), ("us", 10), ("usec", 10), ("usecs", 10), ("ns", 0.01m), ("nsec", 0.01m), ("nsecs", 0.01m),
    ];

    private static readonly (string Name, decimal Bits)[] RateUnits =
    [
        ("", 1), ("bit", 1), ("kbit", 1e3m), ("mbit", 1e6m), ("gbit", 1e9m), ("tbit", 1e12m),
        ("kibit", 1L << 10), ("mibit", 1L << 20), ("gibit", 1L << 30), ("tibit", 1L << 40),
        ("bps", 8), ("kbps", 8e3m), ("mbps", 8e6m), ("gbps", 8e9m), ("tbps", 8e12m),
        ("kibps", 8L << 10), ("mibps", 8L << 20), ("gibps", 8L << 30), ("tibps", 8L << 40),
    ];

    public static TimeSpan? ReadTime(string word) =>
        Read(word, TimeUnits) is { } ticks ? TimeSpan.FromTicks(ticks) : null;

    public static long? ReadRate(string word) => Read(word, RateUnits);

    /// <summary>Reads a percentage so that no rounding comes between the text and the number.</summary>
    public static double? ReadPercent(string word)
    {
        var number = word.EndsWith('%') ? word[..^1] : word;
        var mark = number.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (mark >= 0 && !int.TryParse(number.AsSpan(mark + 1), CultureInfo.InvariantCulture, out exponent))
        {
            return null;
        }

        var shifted = string.Create(
            CultureInfo.InvariantCulture, $"{(mark < 0 ? number : number[..mark])}E{(long)exponent - 2}");
        const NumberStyles Styles = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(shifted, Styles, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1
            ? value
            : null;
    }

    public static string WriteTime(TimeSpan time) => time.Ticks switch
    {
        var ticks when ticks % TimeSpan.TicksPerSecond == 0 => Invariant($"{ticks / TimeSpan.TicksPerSecond}s"),
        var ticks when ticks >= TimeSpan.TicksPerMillisecond =>
            Invariant($"{ticks / (decimal)TimeSpan.TicksPerMillisecond:0.####}ms"),
        var ticks => Invariant($"{ticks / (decimal)TimeSpan.TicksPerMicrosecond:0.#}us"),
    };

    public static string WriteRate(long bits) => bits switch
    {
        0 => "0bit",
        _ when bits % 1_000_000_000 == 0 => Invariant($"{bits / 1_000_000_000}gbit"),
        _ when bits % 1_000_000 == 0 => Invariant($"{bits / 1_000_000}mbit"),
        _ when bits % 1_000 == 0 => Invariant($"{bits / 1_000}kbit"),
        _ => Invariant($"{bits}bit"),
    };

    /// <summary>Writes a probability so that <see cref="ReadPercent"/> reads the very same number.</summary>
    public static string WritePercent(double value)
    {
        var digits = value.ToString("R", CultureInfo.InvariantCulture);
        if (value is 0 or > 1e-9)
        {
            var percent = decimal.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture) * 100;
            return percent.ToString("0.############################", CultureInfo.InvariantCulture) + "%";
        }

        var mark = digits.IndexOf('E', StringComparison.Ordinal);
        var exponent = int.Parse(digits.AsSpan(mark + 1), CultureInfo.InvariantCulture) + 2;
        return Invariant($"{digits[..mark]}E{exponent}%");
    }

    private static long? Read(string word, (string Name, decimal Factor)[] units)
    {
        var length = word.AsSpan().IndexOfAnyExcept(Digits);
        length = length < 0 ? word.Length : length;
        var unit = word[length..];
        var factor = Array.Find(units, known => known.Name.Equals(unit, StringComparison.OrdinalIgnoreCase)).Factor;
        if (factor == 0 || !decimal.TryParse(
            word.AsSpan(0, length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return number <= long.MaxValue / factor ? (long)Math.Round(number * factor) : null;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

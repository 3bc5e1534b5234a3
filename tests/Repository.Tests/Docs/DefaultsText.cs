using System.Buffers;
using System.Collections;
using System.Globalization;
using Transports.Framing;

namespace Repository.Tests.Docs;

/// <summary>Default values as the options table writes them.</summary>
internal static class DefaultsText
{
    /// <summary>An instance with nothing set; what a constructor must be given is left out.</summary>
    public static object Make(Type type)
    {
        var constructor = type.GetConstructors().MinBy(candidate => candidate.GetParameters().Length)!;
        return constructor.Invoke(new object?[constructor.GetParameters().Length]);
    }

    public static string Format(object? value) => value switch
    {
        null => "none",
        TimeSpan time => Time(time),
        bool flag => flag ? "true" : "false",
        Enum flags => flags.ToString(),
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        ArrayPool<byte> pool => pool == ArrayPool<byte>.Shared ? "the shared pool" : "another pool",
        MessageFraming framing => framing == MessageFraming.Lines ? "lines" : framing.GetType().Name,
        string text => text.Length == 0 ? "empty" : text,
        IEnumerable<int> numbers => string.Join(", ", numbers),
        IEnumerable items => items.GetEnumerator().MoveNext() ? "some" : "empty",
        _ => value.ToString()!,
    };

    private static string Time(TimeSpan time) => time switch
    {
        _ when time == Timeout.InfiniteTimeSpan => "infinite",
        { TotalSeconds: < 1 } => $"{time.TotalMilliseconds:0.###} ms",
        { TotalMinutes: >= 1, Seconds: 0 } => $"{time.TotalMinutes:0.###} min",
        _ => $"{time.TotalSeconds:0.###} s",
    };
}

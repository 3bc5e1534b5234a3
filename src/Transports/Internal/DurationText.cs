using System.Globalization;

namespace Transports;

/// <summary>Times as a message to people writes them: <c>100 ms</c>, <c>1.5 s</c>.</summary>
internal static class DurationText
{
    public static string Of(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}

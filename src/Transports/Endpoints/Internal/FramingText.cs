using System.Globalization;
using System.Text;
using Transports.Framing;

namespace Transports;

/// <summary>Framings as an endpoint URI names them.</summary>
internal static class FramingText
{
    public const string Expected =
        "raw, lines, varint, length1, length2, length4, length2le, length4le, fixed:N or delimited:TEXT";

    /// <summary>The framing of that name; null if there is none.</summary>
    public static MessageFraming? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var argument = colon < 0 ? null : text[(colon + 1)..];
        return (name.ToLowerInvariant(), argument) switch
        {
            ("raw", null) => MessageFraming.Raw,
            ("lines", null) => MessageFraming.Lines,
            ("varint", null) => MessageFraming.VarintPrefixed,
            ("length1", null) => MessageFraming.LengthPrefixed(1),
            ("length2", null) => MessageFraming.LengthPrefixed(2),
            ("length4", null) => MessageFraming.LengthPrefixed(4),
            ("length2le", null) => MessageFraming.LengthPrefixed(2, littleEndian: true),
            ("length4le", null) => MessageFraming.LengthPrefixed(4, littleEndian: true),
            ("fixed", { } size) => Fixed(size),
            ("delimited", { Length: > 0 } delimiter) => Delimited(delimiter),
            _ => null,
        };
    }

    /// <summary>The option that shows a framing; empty for one that has no name here.</summary>
    public static EndpointQuery ToQuery(MessageFraming framing) =>
        framing.UriName is { } name ? new EndpointQuery(KeyValuePair.Create("framing", name)) : EndpointQuery.Empty;

    private static MessageFraming? Fixed(string size) =>
        int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0
            ? MessageFraming.FixedSize(bytes)
            : null;

    private static MessageFraming? Delimited(string delimiter)
    {
        if (!delimiter.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return MessageFraming.Delimited(Encoding.UTF8.GetBytes(delimiter));
        }

        try
        {
            var bytes = Convert.FromHexString(delimiter.AsSpan(2));
            return bytes.Length > 0 ? MessageFraming.Delimited(bytes) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

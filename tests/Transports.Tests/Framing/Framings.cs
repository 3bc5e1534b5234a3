using Netstrings;
using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>Every built-in framing and one that is not, by a name that a test report can show.</summary>
internal static class Framings
{
    public const int DefaultLimit = 64 * 1024;

    public static IReadOnlyDictionary<string, MessageFraming> All { get; } = new Dictionary<string, MessageFraming>
    {
        ["lines"] = MessageFraming.Lines,
        ["raw"] = MessageFraming.Raw,
        ["varint"] = MessageFraming.VarintPrefixed,
        ["length 1"] = MessageFraming.LengthPrefixed(1),
        ["length 2"] = MessageFraming.LengthPrefixed(2),
        ["length 2, little"] = MessageFraming.LengthPrefixed(2, littleEndian: true),
        ["length 4"] = MessageFraming.LengthPrefixed(),
        ["length 4, little"] = MessageFraming.LengthPrefixed(4, littleEndian: true),
        ["fixed 1"] = MessageFraming.FixedSize(1),
        ["fixed 7"] = MessageFraming.FixedSize(7),
        ["nul"] = MessageFraming.Delimited([0]),
        ["crlf"] = MessageFraming.Delimited("\r\n"u8),
        ["two dashes"] = MessageFraming.Delimited("--"u8),
        ["aab"] = MessageFraming.Delimited("aab"u8),
        ["abaab"] = MessageFraming.Delimited("abaab"u8),
        ["long"] = MessageFraming.Delimited("----------------boundary----------------"u8),
        ["netstring"] = new NetstringFraming(),
    };

    /// <summary>Puts what the framing wants round a payload, as a session does.</summary>
    public static byte[] Encode(this MessageFraming framing, ReadOnlySpan<byte> payload)
    {
        var encoded = new byte[framing.MaxHeaderBytes + payload.Length + framing.MaxTrailerBytes];
        return encoded[..framing.Encode(payload, encoded)];
    }

    /// <summary>The same, into a buffer that is long enough.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int Encode(this MessageFraming framing, ReadOnlySpan<byte> payload, Span<byte> encoded)
    {
        // No more room than it asked for: a framing that writes past it is found out.
        var header = framing.WriteHeader(encoded[..framing.MaxHeaderBytes], payload);
        payload.CopyTo(encoded[header..]);
        var end = header + payload.Length;
        return end + framing.WriteTrailer(encoded.Slice(end, framing.MaxTrailerBytes), payload);
    }

    /// <summary>The framing itself says that this payload arrives as it was sent.</summary>
    public static bool Accepts(this MessageFraming framing, ReadOnlySpan<byte> payload)
    {
        try
        {
            framing.Validate(payload);
            return payload.Length <= framing.MaxPayloadBytes;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

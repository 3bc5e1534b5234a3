using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Transports;

/// <summary>Version 1, a line of text: <c>PROXY TCP4 192.0.2.1 198.51.100.1 56324 443</c>.</summary>
internal static class ProxyHeaderV1
{
    /// <summary>With its end of line; the longest that the specification knows.</summary>
    private const int MaxBytes = 107;

    private static ReadOnlySpan<byte> Signature => "PROXY "u8;

    public static ProxyHeaderStatus Parse(ReadOnlySpan<byte> received, out ProxyHeader header)
    {
        header = default;
        if (!ProxyHeaderParser.MayBegin(received, Signature))
        {
            return ProxyHeaderStatus.Malformed;
        }

        var end = received[..Math.Min(received.Length, MaxBytes)].IndexOf("\r\n"u8);
        if (end < 0)
        {
            return received.Length < MaxBytes ? ProxyHeaderStatus.NeedMoreData : ProxyHeaderStatus.Malformed;
        }

        return end > Signature.Length && TryParseLine(received[Signature.Length..end], end + 2, out header)
            ? ProxyHeaderStatus.Complete
            : ProxyHeaderStatus.Malformed;
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, int length, out ProxyHeader header)
    {
        header = new ProxyHeader(length);
        Span<Range> parts = stackalloc Range[6];
        var count = Split(line, parts);
        var family = line[parts[0]];
        if (family.SequenceEqual("UNKNOWN"u8))
        {
            // Whatever follows is to be ignored.
            return true;
        }

        var isIPv4 = family.SequenceEqual("TCP4"u8);
        if (count != 5 || (!isIPv4 && !family.SequenceEqual("TCP6"u8))
            || !TryParseAddress(line[parts[1]], isIPv4, out var source)
            || !TryParseAddress(line[parts[2]], isIPv4, out var destination)
            || !TryParsePort(line[parts[3]], out var sourcePort)
            || !TryParsePort(line[parts[4]], out var destinationPort))
        {
            return false;
        }

        header = new ProxyHeader(
            length, new IPEndPoint(source, sourcePort), new IPEndPoint(destination, destinationPort));
        return true;
    }

    private static int Split(ReadOnlySpan<byte> line, Span<Range> parts)
    {
        var count = 0;
        foreach (var part in line.Split((byte)' '))
        {
            if (count == parts.Length)
            {
                break;
            }

            parts[count++] = part;
        }

        return count;
    }

    /// <summary>Only plain forms: what the framework reads besides, such as 0x7f.1, is no address here.</summary>
    private static bool TryParseAddress(ReadOnlySpan<byte> text, bool isIPv4, out IPAddress address)
    {
        address = IPAddress.None;
        Span<char> characters = stackalloc char[MaxBytes];
        if (text.IndexOfAnyExcept(isIPv4 ? "0123456789."u8 : "0123456789abcdefABCDEF:."u8) >= 0
            || !Ascii.IsValid(text)
            || !IPAddress.TryParse(characters[..Encoding.ASCII.GetChars(text, characters)], out var parsed))
        {
            return false;
        }

        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        var family = isIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        return parsed.AddressFamily == family
            && (!isIPv4 || characters[..text.Length].SequenceEqual(parsed.ToString()));
    }

    /// <summary>Decimal, without sign or leading zeros.</summary>
    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port) =>
        Utf8Parser.TryParse(text, out port, out var used) && used == text.Length && port is >= 0 and <= ushort.MaxValue
        && (text[0] is >= (byte)'1' and <= (byte)'9' || text.Length == 1);
}

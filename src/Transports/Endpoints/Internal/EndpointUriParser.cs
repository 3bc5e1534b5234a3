using System.Globalization;

namespace Transports;

/// <summary>
/// Reads an endpoint's text. System.Uri would do for most, but it refuses the host <c>*</c>, and its faults do not say
/// what is wrong.
/// </summary>
internal static class EndpointUriParser
{
    public static EndpointUri? Parse(string? text, ICollection<string> faults)
    {
        var schemeEnd = text?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (text is null || schemeEnd < 1 || !text.AsSpan(0, schemeEnd).ContainsOnlySchemeCharacters())
        {
            faults.Add($"'{text}' is not an endpoint: it must begin with a scheme, such as tcp://.");
            return null;
        }

        if (text.AsSpan().IndexOfAny("#@") >= 0 || text.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0)
        {
            faults.Add($"'{text}' must not contain '#', '@' or a space; write them as %23, %40 and %20.");
            return null;
        }

        var rest = text[(schemeEnd + 3)..];
        var queryStart = rest.IndexOf('?', StringComparison.Ordinal);
        var query = queryStart < 0 ? EndpointQuery.Empty : ParseQuery(rest[(queryStart + 1)..], faults);
        var address = queryStart < 0 ? rest : rest[..queryStart];
        var pathStart = address.IndexOf('/', StringComparison.Ordinal);
        var path = pathStart < 0 ? "" : Uri.UnescapeDataString(address[pathStart..]);
        if (query is null || !SplitAuthority(pathStart < 0 ? address : address[..pathStart], faults, out var at))
        {
            return null;
        }

        return new EndpointUri(text, text[..schemeEnd].ToLowerInvariant(), at.Host, at.Port, path, query);
    }

    private static bool ContainsOnlySchemeCharacters(this ReadOnlySpan<char> scheme)
    {
        foreach (var letter in scheme)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(scheme[0]);
    }

    private static bool SplitAuthority(string text, ICollection<string> faults, out (string Host, int? Port) at)
    {
        at = (Uri.UnescapeDataString(text), null);
        var hostEnd = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (text.StartsWith('[') && hostEnd < 0)
        {
            faults.Add($"The ']' is missing after '{text}'.");
            return false;
        }

        var colon = text.IndexOf(':', hostEnd + 1);
        if (hostEnd >= 0)
        {
            at.Host = text[1..hostEnd];
            if (colon != hostEnd + 1 && text.Length > hostEnd + 1)
            {
                faults.Add($"Only ':' and a port may follow ']' in '{text}'.");
                return false;
            }
        }

        if (colon < 0)
        {
            return true;
        }

        var digits = text.AsSpan(colon + 1);
        if (!ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            faults.Add(digits.Contains(':')
                ? $"An IPv6 address stands in brackets: [{text}]."
                : $"The port must be a number from 0 to 65535, but is '{digits}'.");
            return false;
        }

        at = (hostEnd >= 0 ? at.Host : Uri.UnescapeDataString(text[..colon]), port);
        return true;
    }

    private static EndpointQuery? ParseQuery(string text, ICollection<string> faults)
    {
        var pairs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var before = faults.Count;
        foreach (var piece in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = piece.IndexOf('=', StringComparison.Ordinal);
            var key = Uri.UnescapeDataString(equals < 0 ? piece : piece[..equals]);
            if (equals < 1)
            {
                faults.Add($"The option '{piece}' must be written as key=value.");
            }
            else if (!pairs.TryAdd(key, Uri.UnescapeDataString(piece[(equals + 1)..])))
            {
                faults.Add($"The option '{key}' is given twice.");
            }
        }

        return faults.Count == before ? new EndpointQuery(pairs) : null;
    }
}

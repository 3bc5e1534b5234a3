using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Transports;

/// <summary>The options of an endpoint URI: <c>?framing=lines&amp;idleTimeout=30s</c>.</summary>
/// <remarks>Immutable. The case of keys does not count.</remarks>
public sealed class EndpointQuery
{
    /// <summary>Makes one of pairs of key and value.</summary>
    public EndpointQuery(params IEnumerable<KeyValuePair<string, string>> pairs) => Pairs = pairs.ToImmutableArray();

    /// <summary>No options.</summary>
    public static EndpointQuery Empty { get; } = new();

    /// <summary>The options in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs { get; }

    /// <summary>Looks for an option.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out string? value)
    {
        value = Pairs.FirstOrDefault(pair => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;
        return value is not null;
    }

    /// <summary>As it stands in a URI, with its <c>?</c>; empty if there are no options.</summary>
    public override string ToString() => Pairs.Count == 0
        ? ""
        : "?" + string.Join('&', Pairs.Select(pair => $"{Escape(pair.Key)}={Escape(pair.Value)}"));

    // A colon needs no escape in a query (RFC 3986, 3.4), and 'fixed:16' is easier to read without.
    private static string Escape(string text) =>
        Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
}

using System.Text.RegularExpressions;
using Transports;

namespace Repository.Tests.Docs;

/// <summary><c>docs/hosting.md</c> names every option that an endpoint URI may have, and no others.</summary>
public partial class EndpointOptionsTests
{
    private const string AllStreams = "all streams";

    private static readonly Dictionary<string, string> Table =
        MarkdownFile.Load(SourceTree.PathOf("docs/hosting.md")).Rows("Endpoint URIs")
            .Where(row => row.Length == 2)
            .DistinctBy(row => row[0])
            .ToDictionary(row => row[0].Trim('`'), row => row[1]);

    [Theory]
    [InlineData("tcp://127.0.0.1:1", "tcp", AllStreams)]
    [InlineData("tls://127.0.0.1:1", "tls", "tcp", AllStreams)]
    [InlineData("unix:///run/my.sock", "unix", AllStreams)]
    [InlineData("udp://127.0.0.1:1", "udp")]
    public void Options_OfAScheme_AreThoseDocumented(string uri, params string[] rows)
    {
        // The error about an option that nobody knows lists those that are known.
        var error = Assert.Throws<FormatException>(() => TransportEndpoint.Parse($"{uri}?nobodyKnowsThis=1"));
        var known = error.Message.Split("(known: ")[1].Split(')')[0].Split(", ");

        var documented = rows.SelectMany(row => Code().Matches(Table[row]).Select(match => match.Groups[1].Value));

        Assert.Equal(known.Order(StringComparer.Ordinal), Names(documented).Order(StringComparer.Ordinal));
    }

    /// <summary>A row may begin with the name of another, and give an example of a value.</summary>
    private static IEnumerable<string> Names(IEnumerable<string> codes) =>
        codes.Where(code => code is not ("tcp" or "660")).Distinct();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}

using System.Text.RegularExpressions;

namespace Repository.Tests.Docs;

/// <summary>What <c>docs/reliability.md</c> claims can be looked up: its options and its tests exist.</summary>
public partial class ReliabilityTests
{
    private static readonly IReadOnlyList<string[]> Rows =
        MarkdownFile.Load(SourceTree.PathOf("docs/reliability.md")).Rows("Reliability");

    [Fact]
    public void Threats_EachHaveOptionDefaultTestAndFigure()
    {
        Assert.NotEmpty(Rows);
        Faults.AssertNone(Rows.Where(row => row.Length != 5 || row.Any(cell => cell.Length == 0))
            .Select(row => string.Join(" | ", row)));
    }

    [Fact]
    public void Tests_ThatAreNamed_Exist()
    {
        var tests = SourceTree.Files("tests", "*.cs")
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .ToHashSet();
        var named = Rows.SelectMany(row => CodeSpans(row[3])).Where(name => name.Contains('_')).ToArray();
        Assert.NotEmpty(named);
        Faults.AssertNone(named.Where(name => !tests.Contains(name)));
    }

    [Fact]
    public void Options_ThatAreNamed_Exist()
    {
        var types = SourceTree.Packages.SelectMany(package => package.GetExportedTypes()).ToArray();
        var names = types.SelectMany(type => type.GetMembers()).Select(member => member.Name)
            .Concat(types.Select(type => type.Name)).ToHashSet();
        var named = Rows.SelectMany(row => CodeSpans(row[1])).Where(name => Word().IsMatch(name)).ToArray();
        Assert.NotEmpty(named);
        Faults.AssertNone(named.Where(name => !names.Contains(name)));
    }

    private static IEnumerable<string> CodeSpans(string cell) =>
        CodeSpan().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([^`]*)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*$")]
    private static partial Regex Word();

    [GeneratedRegex(@"public (?:async Task|void) (\w+)\(")]
    private static partial Regex Method();
}

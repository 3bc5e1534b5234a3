using System.Text.RegularExpressions;

namespace Repository.Tests.Docs;

/// <summary>One Markdown file: its code blocks, headings, links and tables.</summary>
internal sealed partial class MarkdownFile
{
    private readonly List<CodeBlock> _blocks = [];
    private readonly List<(string Text, int Line)> _prose = [];

    private MarkdownFile(string path)
    {
        FullPath = path;
        Name = SourceTree.RelativePath(path);
        Split(File.ReadAllLines(path));
    }

    public string FullPath { get; }

    public string Name { get; }

    public IReadOnlyList<CodeBlock> Blocks => _blocks;

    /// <summary>The headings as anchors, spelt as the usual forges spell them.</summary>
    public IReadOnlySet<string> Anchors()
    {
        var anchors = new HashSet<string>();
        foreach (var (text, _) in _prose.Where(line => Heading().IsMatch(line.Text)))
        {
            var title = text.TrimStart('#').Trim().ToLowerInvariant();
            var anchor = NotInAnchor().Replace(title, "").Replace(' ', '-');
            var unique = anchor;
            for (var i = 1; !anchors.Add(unique); i++)
            {
                unique = $"{anchor}-{i}";
            }
        }

        return anchors;
    }

    public IEnumerable<(string Target, int Line)> Links() => _prose.SelectMany(line =>
        Link().Matches(CodeSpan().Replace(line.Text, "")).Select(match => (match.Groups[1].Value, line.Line)));

    /// <summary>The rows of all tables below a heading, header and rule left out; cells as they are written.</summary>
    public IReadOnlyList<string[]> Rows(string heading)
    {
        var section = _prose.Select(line => line.Text)
            .SkipWhile(text => !Heading().IsMatch(text) || text.TrimStart('#').Trim().Trim('`') != heading)
            .Skip(1)
            .TakeWhile(text => !Heading().IsMatch(text));
        return [.. section.Where(text => text.StartsWith('|')).Select(Cells).Skip(2)];
    }

    public static MarkdownFile Load(string path) => new(path);

    private static string[] Cells(string row) =>
        [.. row.Trim().Trim('|').Split(" | ").Select(cell => cell.Trim().Trim('|').Trim())];

    private void Split(string[] lines)
    {
        CodeBlock? block = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var text = lines[i].TrimStart();
            if (text.StartsWith("```", StringComparison.Ordinal))
            {
                block = block is null ? new CodeBlock(this, i + 1, text[3..].Trim(), []) : null;
                if (block is not null)
                {
                    _blocks.Add(block);
                }
            }
            else if (block is not null)
            {
                block.Lines.Add(lines[i]);
            }
            else
            {
                _prose.Add((lines[i], i + 1));
            }
        }
    }

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"[^\p{L}\p{N}\- _]")]
    private static partial Regex NotInAnchor();
}

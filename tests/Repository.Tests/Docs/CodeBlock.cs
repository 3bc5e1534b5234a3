namespace Repository.Tests.Docs;

/// <summary>A fenced block of a document.</summary>
/// <param name="File">The document.</param>
/// <param name="Line">Where the fence stands, counted from 1.</param>
/// <param name="Language">What stands behind the fence.</param>
/// <param name="Lines">The text.</param>
internal sealed record CodeBlock(MarkdownFile File, int Line, string Language, List<string> Lines)
{
    public string Text => string.Join('\n', Lines) + "\n";

    public string Position => $"{File.Name}:{Line}";
}

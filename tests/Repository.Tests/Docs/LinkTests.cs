namespace Repository.Tests.Docs;

public class LinkTests
{
    [Fact]
    public void Links_BetweenDocuments_LeadSomewhere()
    {
        var files = SourceTree.Documents().Select(MarkdownFile.Load).ToDictionary(file => file.FullPath);
        Assert.Contains(files.Values, file => file.Links().Any());
        Faults.AssertNone(files.Values.SelectMany(file => file.Links()
            .Where(link => !Leads(files, file, link.Target))
            .Select(link => $"{file.Name}:{link.Line}: {link.Target} leads nowhere")));
    }

    [Fact]
    public void Documents_AreAllReachedFromTheReadme()
    {
        var files = SourceTree.Documents().Select(MarkdownFile.Load).ToDictionary(file => file.FullPath);
        var reached = new HashSet<string>();
        var next = new Queue<string>([SourceTree.PathOf("README.md")]);
        while (next.TryDequeue(out var path))
        {
            if (reached.Add(path) && files.TryGetValue(path, out var file))
            {
                foreach (var (target, _) in file.Links().Where(link => !IsExternal(link.Target)))
                {
                    next.Enqueue(Resolve(file, target).Path);
                }
            }
        }

        Faults.AssertNone(files.Values.Where(file => !reached.Contains(file.FullPath)).Select(file => file.Name));
    }

    private static bool IsExternal(string target) => target.Contains("://", StringComparison.Ordinal)
        || target.StartsWith("mailto:", StringComparison.Ordinal);

    private static (string Path, string Anchor) Resolve(MarkdownFile file, string target)
    {
        var parts = target.Split('#', 2);
        var folder = Path.GetDirectoryName(file.FullPath)!;
        var path = parts[0].Length == 0 ? file.FullPath : Path.GetFullPath(Path.Combine(folder, parts[0]));
        return (path, parts.Length == 2 ? parts[1] : "");
    }

    private static bool Leads(Dictionary<string, MarkdownFile> files, MarkdownFile file, string target)
    {
        if (IsExternal(target))
        {
            return true;
        }

        var (path, anchor) = Resolve(file, target);
        return Path.Exists(path)
            && (anchor.Length == 0 || (files.TryGetValue(path, out var other) && other.Anchors().Contains(anchor)));
    }
}

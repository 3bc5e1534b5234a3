using System.Reflection;

namespace Repository.Tests;

/// <summary>The files of the repository, as the tests see them.</summary>
internal static class SourceTree
{
    private static readonly string[] BuiltFolders =
        ["artifacts", "bin", "obj", ".git", ".vs", ".idea", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>The three packages, by the names of their assemblies and of their folders in <c>src</c>.</summary>
    public static Assembly[] Packages { get; } =
    [
        Assembly.Load("Transports"),
        Assembly.Load("Transports.Hosting"),
        Assembly.Load("Transports.Testing"),
    ];

    /// <summary>A value that the project file put into this assembly.</summary>
    public static string BuildValue(string key) => typeof(SourceTree).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    public static string PathOf(string relativePath) => Path.GetFullPath(Path.Combine(Root, relativePath));

    public static string RelativePath(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>All files below a folder that match, built ones left out, in a stable order.</summary>
    public static IEnumerable<string> Files(string relativeFolder, string pattern) =>
        FilesBelow(PathOf(relativeFolder), pattern).Order(StringComparer.Ordinal);

    /// <summary>README and everything in <c>docs</c> that is written in Markdown.</summary>
    public static IEnumerable<string> Documents() => Files(".", "*.md");

    private static IEnumerable<string> FilesBelow(string folder, string pattern)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var here = Directory.EnumerateFiles(folder, pattern);
        var below = Directory.EnumerateDirectories(folder)
            .Where(path => !BuiltFolders.Contains(Path.GetFileName(path)))
            .SelectMany(path => FilesBelow(path, pattern));
        return here.Concat(below);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Transports.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run outside the repository: no Transports.sln above them.");
    }
}

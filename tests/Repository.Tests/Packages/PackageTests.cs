using System.IO.Compression;
using System.Xml.Linq;

namespace Repository.Tests.Packages;

/// <summary>What is in the packages, and that an application elsewhere can use them.</summary>
public class PackageTests(PackedPackages packages) : IClassFixture<PackedPackages>
{
    public static TheoryData<string> Names { get; } = new(PackedPackages.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Package_Holds_LibraryDocumentationReadmeAndLicence(string name)
    {
        using var package = ZipFile.OpenRead(packages.PathOf(name, "nupkg"));
        var files = package.Entries.Select(entry => entry.FullName).ToArray();
        Assert.Contains($"lib/net10.0/{name}.dll", files);
        Assert.Contains($"lib/net10.0/{name}.xml", files);
        Assert.Contains("README.md", files);

        var metadata = Metadata(package);
        Assert.Equal(name, Value(metadata, "id"));
        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.NotEmpty(Value(metadata, "description"));
        Assert.NotEqual("Package Description", Value(metadata, "description"));
        Assert.NotEmpty(Value(metadata, "tags"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Package_Symbols_AreInAPackageOfTheirOwn(string name)
    {
        using var symbols = ZipFile.OpenRead(packages.PathOf(name, "snupkg"));
        Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{name}.pdb");
    }

    [Theory]
    [InlineData(
        "Transports",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions")]
    [InlineData("Transports.Testing", "Transports")]
    public void Package_Depends_OnNothingElse(string name, params string[] expected)
    {
        using var package = ZipFile.OpenRead(packages.PathOf(name, "nupkg"));
        Assert.Equal(expected, Dependencies(package).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void HostingPackage_Depends_OnTransportsAndTheFrameworksExtensions()
    {
        using var package = ZipFile.OpenRead(packages.PathOf("Transports.Hosting", "nupkg"));
        var dependencies = Dependencies(package).ToArray();
        Assert.Contains("Transports", dependencies);
        Assert.All(
            dependencies.Where(name => name is not ("Transports" or "System.Threading.RateLimiting")),
            name => Assert.StartsWith("Microsoft.Extensions.", name, StringComparison.Ordinal));
    }

    /// <summary>
    /// The consumer knows two sources: the packed packages, and what this repository's own restore has fetched. It
    /// needs no network, cannot find one of our packages elsewhere, and leaves nothing in the user's cache.
    /// </summary>
    [Fact]
    public async Task Consumer_OutsideTheRepository_RestoresBuildsAndRuns()
    {
        var folder = packages.MakeFolder("consumer");
        foreach (var file in SourceTree.Files("tests/Repository.Tests/Packages/Consumer", "*"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="packed" value="{packages.Folder}" />
                <add key="fetched" value="{SourceTree.BuildValue("NuGetPackageRoot")}" />
              </packageSources>
              <packageSourceMapping>
                <clear />
                <packageSource key="packed"><package pattern="Transports*" /></packageSource>
                <packageSource key="fetched"><package pattern="*" /></packageSource>
              </packageSourceMapping>
              <fallbackPackageFolders>
                <clear />
              </fallbackPackageFolders>
            </configuration>
            """);
        await DotNet.RunAsync(
            folder,
            "build",
            "--configuration",
            "Release",
            "--output",
            Path.Combine(folder, "out"),
            $"-p:TransportsVersion={PackedPackages.Version}",
            $"-p:RestorePackagesPath={Path.Combine(folder, "packages")}");
        var output = await DotNet.RunAsync(folder, Path.Combine(folder, "out", "Consumer.dll"));

        var expected = await File.ReadAllTextAsync(Path.Combine(folder, "expected-output.txt"));
        Assert.Equal(expected.ReplaceLineEndings("\n"), output.ReplaceLineEndings("\n"));
    }

    private static XElement Metadata(ZipArchive package)
    {
        using var nuspec = package.Entries
            .Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal))
            .Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    private static string Value(XElement metadata, string name) =>
        metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? "";

    private static IEnumerable<string> Dependencies(ZipArchive package) => Metadata(package).Descendants()
        .Where(element => element.Name.LocalName == "dependency")
        .Select(element => element.Attribute("id")!.Value);
}

namespace Repository.Tests.Packages;

/// <summary>The three packages, packed once into a folder outside the repository, from what was just built.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    public static readonly string[] Names = ["Transports", "Transports.Hosting", "Transports.Testing"];

    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("transports-packages-");

    public static string Version => SourceTree.BuildValue("Version");

    public string Folder => Path.Combine(_work.FullName, "feed");

    public string PathOf(string package, string extension) =>
        Path.Combine(Folder, $"{package}.{Version}.{extension}");

    public string MakeFolder(string name) => _work.CreateSubdirectory(name).FullName;

    public async Task InitializeAsync()
    {
        foreach (var name in Names)
        {
            await DotNet.RunAsync(
                SourceTree.Root,
                "pack",
                $"src/{name}/{name}.csproj",
                "--no-build",
                "--configuration",
                SourceTree.BuildValue("Configuration"),
                "--output",
                Folder);
        }
    }

    public Task DisposeAsync()
    {
        _work.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

namespace Repository.Tests.PublicApi;

public class PublicApiTests
{
    /// <summary>Set to 1 (see <c>eng/update-public-api.sh</c>) to record the surface instead of comparing it.</summary>
    private const string UpdateVariable = "UPDATE_PUBLIC_API";

    [Theory]
    [InlineData("Transports")]
    [InlineData("Transports.Hosting")]
    [InlineData("Transports.Testing")]
    public void Surface_OfPackage_IsTheOneRecorded(string package)
    {
        var path = SourceTree.PathOf($"src/{package}/PublicApi.txt");
        var assembly = SourceTree.Packages.Single(candidate => candidate.GetName().Name == package);
        var actual = string.Concat(PublicApiPrinter.Print(assembly).Select(line => line + "\n"));
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, actual);
        }

        var recorded = File.Exists(path) ? File.ReadAllText(path) : "";
        var added = actual.Split('\n').Except(recorded.Split('\n')).Select(line => "+ " + line);
        var removed = recorded.Split('\n').Except(actual.Split('\n')).Select(line => "- " + line);
        Assert.True(
            recorded == actual,
            $"The public surface of {package} has changed. If that is meant, run eng/update-public-api.sh, and say so "
            + $"in CHANGELOG.md.\n{string.Join("\n", removed.Concat(added))}");
    }
}

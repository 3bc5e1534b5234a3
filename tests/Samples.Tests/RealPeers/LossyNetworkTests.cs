namespace Samples.Tests.RealPeers;

public sealed class LossyNetworkTests : IDisposable
{
    private const string Tenfold = "order: 1 2 3 4 5 6 7 8 9 10";

    private readonly string _folder = Directory.CreateTempSubdirectory("lossy-network").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_Defaults_UdpLosesAndReordersAndTcpDoesNot()
    {
        var output = await RunAsync("one");

        Assert.Contains(output, line => line.Contains("lost", StringComparison.Ordinal));
        Assert.Contains(output, line => line.Contains("overtaken", StringComparison.Ordinal));
        var udp = Assert.Single(output, line => line.StartsWith("UDP: ", StringComparison.Ordinal));
        Assert.DoesNotContain("10 of 10", udp, StringComparison.Ordinal);
        var tcp = Assert.Single(output, line => line.StartsWith("TCP: ", StringComparison.Ordinal));
        Assert.StartsWith("TCP: 10 of 10 answered", tcp, StringComparison.Ordinal);
        Assert.EndsWith(Tenfold, tcp, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Perfect_BothDeliverAllInOrder()
    {
        var output = await RunAsync("one", "--conditions", "delay 5ms");

        Assert.Equal(2, output.Count(line => line.Contains("10 of 10 answered", StringComparison.Ordinal)
            && line.EndsWith(Tenfold, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_SameSeed_SameOutputAndFiles()
    {
        string[] arguments = ["--seed", "11", "--lines", "30", "--conditions", "delay 20ms 10ms loss 15% duplicate 5%"];

        Assert.Equal(await RunAsync("one", arguments), await RunAsync("two", arguments));

        string[] names = ["tcp.pcapng", "tcp.svg", "udp.pcapng", "udp.svg"];
        Assert.Equal(names, Directory.GetFiles(PathOf("one")).Select(Path.GetFileName).Order());
        foreach (var name in names)
        {
            var first = await File.ReadAllBytesAsync(PathOf("one", name));
            Assert.Equal(first, await File.ReadAllBytesAsync(PathOf("two", name)));
        }
    }

    [Fact]
    public async Task Run_OtherSeed_OtherOutput() =>
        Assert.NotEqual(await RunAsync("one", "--seed", "1"), await RunAsync("two", "--seed", "2"));

    [Fact]
    public async Task Run_FaultyConditions_SaysWhereAndFails()
    {
        await using var program = RunningProgram.StartSample("LossyNetwork", "--conditions", "delay fast");

        var (exitCode, _, errors) = await program.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.StartsWith("Word 2 (\"fast\")", errors, StringComparison.Ordinal);
    }

    [ProgramFact("tshark")]
    public async Task Run_Captures_AreReadByTshark()
    {
        await RunAsync("one");

        foreach (var protocol in (string[])["udp", "tcp"])
        {
            var capture = PathOf("one", $"{protocol}.pcapng");
            await using var tshark = RunningProgram.Start(
                "tshark", "-r", capture, "-Y", $"{protocol} && !_ws.malformed");
            var (exitCode, packets, errors) = await tshark.EndAsync();
            Assert.True(exitCode == 0, errors);
            Assert.True(packets.Length > 10, $"{packets.Length} packets in {capture}");
        }
    }

    /// <summary>To renew them: <c>dotnet run --project samples/LossyNetwork -- --output docs/images</c>.</summary>
    [Fact]
    public async Task Run_Defaults_DrawsThePicturesOfTheGuide()
    {
        await RunAsync("one");

        foreach (var name in (string[])["udp.svg", "tcp.svg"])
        {
            var expected = await File.ReadAllTextAsync(GuidePicture(name));
            Assert.Equal(expected, await File.ReadAllTextAsync(PathOf("one", name)));
        }
    }

    private static string GuidePicture(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Transports.sln")))
        {
            folder = folder.Parent!;
        }

        return Path.Combine(folder.FullName, "docs", "images", name);
    }

    private string PathOf(params string[] parts) => Path.Combine([_folder, .. parts]);

    /// <summary>Runs it, and returns what it wrote but the names of the files.</summary>
    private async Task<string[]> RunAsync(string output, params string[] arguments)
    {
        await using var program =
            RunningProgram.StartSample("LossyNetwork", ["--output", PathOf(output), .. arguments]);
        var (exitCode, lines, errors) = await program.EndAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        return [.. lines.Where(line => !line.Contains(_folder, StringComparison.Ordinal))];
    }
}

using System.Globalization;

namespace Samples.Tests.RealPeers;

/// <summary>A sample that listens, started as its user would start it, on ports that the system chose.</summary>
internal sealed class SampleServer : IAsyncDisposable
{
    private const string Announcement = "Listening on ";

    private SampleServer(RunningProgram program, string[] uris)
    {
        Program = program;
        Uris = uris;
    }

    public RunningProgram Program { get; }

    /// <summary>What it says that it listens on, in the order of its arguments.</summary>
    public string[] Uris { get; }

    /// <summary>The port of the first endpoint, as an argument for another program.</summary>
    public string Port => new Uri(Uris[0]).Port.ToString(CultureInfo.InvariantCulture);

    public static Task<SampleServer> StartAsync(params string[] endpoints) =>
        StartAsync("Uppercase.Server", endpoints);

    public static async Task<SampleServer> StartAsync(string project, string[] endpoints)
    {
        string[] arguments = [.. endpoints.SelectMany(endpoint => (string[])["--endpoint", endpoint])];
        var program = RunningProgram.StartSample(project, arguments);
        var uris = new List<string>();
        while (uris.Count < endpoints.Length)
        {
            var line = await program.ReadLineAsync();
            Assert.StartsWith(Announcement, line, StringComparison.Ordinal);
            uris.Add(line[Announcement.Length..]);
        }

        return new SampleServer(program, [.. uris]);
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}

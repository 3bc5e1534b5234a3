using System.Globalization;
using Samples.Tests.RealPeers;

namespace Transports.Operations.Tests;

/// <summary>The server of <see cref="Program"/> as a process.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private ServerProcess(RunningProgram program, EndpointUri[] uris) => (Program, Uris) = (program, uris);

    public RunningProgram Program { get; }

    /// <summary>The endpoints really bound, in the order of its arguments.</summary>
    public EndpointUri[] Uris { get; }

    public TransportEndpoint EndPoint => TransportEndpoint.Parse(Uris[0].ToString());

    public static string Assembly => typeof(ServerProcess).Assembly.Location;

    public static async Task<ServerProcess> StartAsync(string name, double drainSeconds, params string[] endpoints)
    {
        var delay = TimeSpan.FromSeconds(drainSeconds).ToString("c", CultureInfo.InvariantCulture);
        var program = RunningProgram.Start("dotnet", [Assembly, name, delay, .. endpoints]);
        var uris = new List<EndpointUri>();
        while (uris.Count < endpoints.Length)
        {
            uris.Add(EndpointUri.Parse(await program.ReadLineAsync()));
        }

        return new ServerProcess(program, [.. uris]);
    }

    /// <summary>Asks it to stop, and waits for its end.</summary>
    /// <returns>How many messages it has handled and answered.</returns>
    public async Task<(long Handled, long Answered)> TerminateAsync()
    {
        await Program.SignalAsync("TERM");
        var (exitCode, output, errors) = await Program.EndAsync();
        Assert.Equal((0, ""), (exitCode, errors));
        var words = Assert.Single(output).Split(' ', ',');
        return (long.Parse(words[1], null), long.Parse(words[^1], null));
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}

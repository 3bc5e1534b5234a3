using System.CommandLine;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;
using Transports;
using Transports.Requests;
using Uppercase;

var lines = new Argument<string[]>("lines")
{
    Description = "What to send.",
    DefaultValueFactory = _ => ["hello, world", "grüße aus köln", "one handler, three transports"],
};
var command = new RootCommand("Hosts one handler on memory, UDP and TCP, and asks it the same over each.") { lines };
command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetRequiredValue(lines), cancellationToken));
return await command.Parse(args).InvokeAsync();

static async Task RunAsync(string[] lines, CancellationToken cancellationToken)
{
    var services = new ServiceCollection();
    services.AddTransports().AddServer("tour", server => server
        .ListenInMemory("tour")
        .ListenUdp(new IPEndPoint(IPAddress.Loopback, 0))
        .ListenTcp(new IPEndPoint(IPAddress.Loopback, 0))
        .Handle<UppercaseHandler>());
    await using var provider = services.BuildServiceProvider();
    var server = provider.GetRequiredKeyedService<TransportServer>("tour");
    await server.StartAsync(cancellationToken);

    var table = new Table().AddColumns("Over", "Sent", "Reply", "Round trip");
    foreach (var listener in server.Listeners)
    {
        var options = new RequestClientOptions();
        await using var client = new RequestClient(listener.Transport, listener.LocalEndPoint, options);

        // Connecting and compiling are no part of a round trip.
        for (var warmUp = 0; warmUp < 100; warmUp++)
        {
            await client.RequestAsync(lines[warmUp % lines.Length], cancellationToken);
        }

        foreach (var line in lines)
        {
            var start = TimeProvider.System.GetTimestamp();
            var reply = await client.RequestAsync(line, cancellationToken);
            var roundTrip = TimeProvider.System.GetElapsedTime(start);
            table.AddRow(
                new Text($"{listener.Uri}"),
                new Text(line),
                new Text(reply),
                new Text($"{roundTrip.TotalMicroseconds:0} µs"));
        }
    }

    // A redirected output has no width of its own; the usual 80 columns would break the rows.
    AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 120);
    AnsiConsole.Write(table);
    await server.StopAsync(cancellationToken);
}

using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Transports;
using Uppercase;

const string Name = "uppercase";

var endpoint = new Option<string[]>("--endpoint")
{
    Description = "Where to listen, in place of what appsettings.json says: tcp://127.0.0.1:0?framing=lines, "
        + "udp://*:12000, unix:///run/uppercase.sock. May be given more than once.",
};
var command = new RootCommand("Answers every message with the same text in upper case.") { endpoint };
command.SetAction((parsed, _) => RunAsync(parsed.GetValue(endpoint) ?? []));

// The host handles Ctrl+C and SIGTERM: it stops after answering what has been read.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(string[] endpoints)
{
    // appsettings.json stands beside the program, wherever that is started from.
    var settings = new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory };
    var builder = Host.CreateApplicationBuilder(settings);

    // A start that fails is told in a line of our own; the host would add a stack trace.
    builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    builder.Services.AddTransports()
        .AddServer(Name, server => server.Handle<UppercaseHandler>())
        .AddHosting(hosting =>
        {
            if (endpoints.Length > 0)
            {
                hosting.ReplaceEndpoints(Name, "--endpoint", endpoints);
            }
        });
    using var host = builder.Build();
    try
    {
        await host.StartAsync();
    }
    catch (OptionsValidationException exception)
    {
        // All that is wrong with the endpoints, one fault a line.
        await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, exception.Failures));
        return 1;
    }
    catch (TransportException exception)
    {
        await Console.Error.WriteLineAsync(exception.Message);
        return 1;
    }

    foreach (var listener in host.Services.GetRequiredKeyedService<TransportServer>(Name).Listeners)
    {
        Console.WriteLine($"Listening on {listener.Uri}");
    }

    await host.WaitForShutdownAsync();
    return 0;
}

using System.CommandLine;
using Chat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Transports;

var endpoint = new Option<string[]>("--endpoint")
{
    Description = "Where to listen. May be given more than once: all are one room.",
    DefaultValueFactory = _ => ["tcp://127.0.0.1:12002?framing=lines"],
};
var command = new RootCommand("A room: what one says, all others hear. Come in with: nc 127.0.0.1 12002") { endpoint };
command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(endpoint)));
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

static async Task<int> RunAsync(string[] endpoints)
{
    // Settings, if there are any, stand beside the program, not where somebody happens to start it.
    var settings = new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory };
    var builder = Host.CreateApplicationBuilder(settings);
    builder.Logging.SetMinimumLevel(LogLevel.Warning);
    builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

    // A start that fails is told in a line of our own; the host would add a stack trace.
    builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    builder.Services.AddTransports()
        .AddServer("chat", server => server.Handle<ChatHandler>())
        .AddHosting(hosting => hosting.ReplaceEndpoints("chat", "--endpoint", endpoints));
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

    foreach (var listener in host.Services.GetRequiredKeyedService<TransportServer>("chat").Listeners)
    {
        Console.WriteLine($"Listening on {listener.Uri}");
    }

    await host.WaitForShutdownAsync();
    return 0;
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Uppercase;

namespace Transports.Load.Servers;

/// <summary>
/// This library as its users get it: the generic host, an endpoint by URI, the samples' handler, default options.
/// </summary>
internal static class LibraryServer
{
    private const string Name = "uppercase";

    public static async Task RunAsync(string where, string? driver, bool block)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddTransports()
            .AddServer(Name, server =>
            {
                server.Listen(Uri(where, driver)).Handle<UppercaseHandler>();
                if (block)
                {
                    server.Use(_ => new OccasionalBlock());
                }
            })
            .AddHosting();
        using var host = builder.Build();
        await host.StartAsync();
        var listener = host.Services.GetRequiredKeyedService<TransportServer>(Name).Listeners[0];
        await ServerConsole.RunAsync((listener.LocalEndPoint as IPEndPoint)?.Port ?? 0);
        await host.StopAsync();
    }

    private static string Uri(string where, string? driver)
    {
        var uri = where switch
        {
            "tcp" => "tcp://127.0.0.1:0",
            "udp" => "udp://127.0.0.1:0",
            _ => $"unix://{where["unix:".Length..]}",
        };
        return driver is null ? uri : $"{uri}?driver={driver}";
    }
}

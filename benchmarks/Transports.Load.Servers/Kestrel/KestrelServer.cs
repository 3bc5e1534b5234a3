using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Transports.Load.Servers;

/// <summary>Kestrel without HTTP: a <see cref="ConnectionHandler"/> on its sockets, options as they are.</summary>
internal static class KestrelServer
{
    public static async Task RunAsync(string where)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (where == "tcp")
            {
                kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseConnectionHandler<LineHandler>());
            }
            else
            {
                kestrel.ListenUnixSocket(
                    where["unix:".Length..], listen => listen.UseConnectionHandler<LineHandler>());
            }
        });
        await using var application = builder.Build();
        await application.StartAsync();
        var address = application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await ServerConsole.RunAsync(where == "tcp" ? new Uri(address).Port : 0);
        await application.StopAsync(new CancellationToken(canceled: true));
    }
}

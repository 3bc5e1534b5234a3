using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Transports.Hosting;

/// <summary>Starts all servers or none, and stops them.</summary>
/// <remarks>A monitor keeps the options that were validated at the start; IOptions would make them again.</remarks>
internal sealed class ServersHostedService(
    IEnumerable<TransportServer> servers, IOptionsMonitor<TransportsHostingOptions> options) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var endpoints = options.CurrentValue.Resolved;
            foreach (var server in servers)
            {
                if (endpoints.TryGetValue(server.Name, out var configured))
                {
                    server.Endpoints = configured;
                }

                await server.StartAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            // The host does not stop what has failed to start. Why it failed is what counts, not how the rest stops.
            await StopAsync(new CancellationToken(canceled: true))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(servers.Select(server => server.StopAsync(cancellationToken)));
}

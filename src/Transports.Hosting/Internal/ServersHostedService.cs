using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Transports.Hosting;

/// <summary>Starts all servers or none, and stops them.</summary>
internal sealed class ServersHostedService(
    IEnumerable<TransportServer> servers, EndpointSchemes schemes, IOptions<TransportsHostingOptions> options)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var server in servers)
            {
                if (options.Value.Endpoints.TryGetValue(server.Name, out var endpoints))
                {
                    server.Endpoints = [.. endpoints.Select(Resolve)];
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

    private TransportEndpoint Resolve(ConfiguredEndpoint configured)
    {
        // Validated already: there is no fault left.
        var endpoint = schemes.ResolveListening(configured.Uri, [])!;
        return new TransportEndpoint(endpoint.Transport, endpoint.EndPoint, endpoint.Query)
        {
            Source = configured.Source,
        };
    }
}

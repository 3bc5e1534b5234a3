using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Transports.Hosting;

/// <summary>Starts all servers or none; lets whoever sends peers here notice that they stop, and stops them.</summary>
/// <remarks>A monitor keeps the options that were validated at the start; IOptions would make them again.</remarks>
internal sealed class ServersHostedService(
    IEnumerable<TransportServer> servers,
    IOptionsMonitor<TransportsHostingOptions> options,
    HostDrain drain,
    TimeProvider? timeProvider = null) : IHostedLifecycleService
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

    /// <summary>
    /// Comes before anything is stopped, so that whoever serves the health checks still does while the delay passes.
    /// </summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        drain.Begin();
        var delay = options.CurrentValue.DrainDelay;
        if (delay > TimeSpan.Zero && servers.Any(server => server.State == TransportServerState.Running))
        {
            // At the host's deadline the stop itself follows at once.
            await Task.Delay(delay, timeProvider ?? TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(servers.Select(server => server.StopAsync(cancellationToken)));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

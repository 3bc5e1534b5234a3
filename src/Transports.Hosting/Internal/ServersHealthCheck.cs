using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transports.Hosting;

/// <summary>Looks at all servers; keeps nothing, so it says what is true when it is asked.</summary>
internal sealed class ServersHealthCheck(
    IEnumerable<TransportServer> servers, HostDrain drain, bool isReadiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var states = servers.ToDictionary(server => server.Name, server => (object)server.State.ToString());
        var faulty = servers.FirstOrDefault(server => server.Fault is not null);
        var idle = servers.FirstOrDefault(server => server.State != TransportServerState.Running);
        var complaint = faulty is { Fault.Message: var message } ? message
            : !isReadiness ? null
            : drain.HasBegun ? "The host is stopping."
            : idle is not null ? $"Server '{idle.Name}' is {idle.State}."
            : null;
        var status = complaint is null ? HealthStatus.Healthy : context.Registration.FailureStatus;
        return Task.FromResult(new HealthCheckResult(status, complaint, faulty?.Fault, states));
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transports.Operations.Tests;

/// <summary>Tells whoever connects, in the words of HAProxy's agent check, whether the host is ready.</summary>
internal sealed class ReadinessAgent(IServiceProvider services) : IMessageHandler, IConnectionObserver
{
    public async ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var report = await services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Tags.Contains("ready"), cancellationToken);
        await connection.SendAsync(
            report.Status == HealthStatus.Healthy ? "ready up" : "drain", cancellationToken);
        await connection.DisposeAsync();
    }

    public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason) => default;

    public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) => default;
}

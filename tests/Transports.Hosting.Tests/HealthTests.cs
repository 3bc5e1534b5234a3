using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Transports.Hosting.Tests;

public class HealthTests
{
    [Fact]
    public async Task Health_FromStartToStop_IsReadyOnlyWhileTheServerRuns()
    {
        var transport = new FakeTransport();
        using var host = Host(transport);
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), await AskAsync(host));

        await host.StartAsync();
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Healthy), await AskAsync(host));

        var stop = host.StopAsync();
        await transport.Stopping.Task.InTime();
        Assert.Equal(TransportServerState.Stopping, host.Server("a").State);
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), await AskAsync(host));

        transport.Drained.SetResult();
        await stop.InTime();
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), await AskAsync(host));
    }

    [Fact]
    public async Task Health_OfAListenerThatDied_IsUnhealthyAndSaysWhy()
    {
        var transport = new FakeTransport();
        transport.Drained.SetResult();
        using var host = Host(transport);
        await host.StartAsync();
        transport.Die(new IOException("the loop is dead"));
        await Task.WhenAny(host.Server("a").Completion).InTime();

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), await AskAsync(host));
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        var live = report.Entries["transports-live"];
        Assert.Contains("the loop is dead", live.Description, StringComparison.Ordinal);
        Assert.Same(host.Server("a").Fault, live.Exception);
        Assert.Equal("Running", live.Data["a"]);
        await host.StopAsync();
    }

    [Fact]
    public async Task Health_OfAFailedBind_IsUnhealthy()
    {
        using var host = HostedServers.Build(transports => transports
            .AddUpper("a")
            .AddServer("b", server => server.ListenInMemory("a").Handle(HostedServers.Upper)));
        await Assert.ThrowsAsync<AddressInUseException>(() => host.StartAsync());
        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), await AskAsync(host));
    }

    [Fact]
    public async Task Health_OfAStoppingHost_IsNotReadyThoughTheServerStillRuns()
    {
        using var host = HostedServers.Build(transports => transports.AddUpper("a"));
        await host.StartAsync();
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal(TransportServerState.Running, host.Server("a").State);
        Assert.Equal((HealthStatus.Healthy, HealthStatus.Unhealthy), await AskAsync(host));
        await host.StopAsync();
    }

    private static IHost Host(FakeTransport transport) => HostedServers.Build(transports => transports.AddServer(
        "a", server => server.Listen(transport, new InMemoryEndPoint("a")).Handle(HostedServers.Upper)));

    private static async Task<(HealthStatus Live, HealthStatus Ready)> AskAsync(IHost host)
    {
        var health = host.Services.GetRequiredService<HealthCheckService>();
        var live = await health.CheckHealthAsync(check => check.Tags.Contains("live"));
        var ready = await health.CheckHealthAsync(check => check.Tags.Contains("ready"));
        return (live.Status, ready.Status);
    }
}

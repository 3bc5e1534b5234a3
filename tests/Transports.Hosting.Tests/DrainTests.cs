using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Transports.Testing;

namespace Transports.Hosting.Tests;

/// <summary>A rolling deploy: not ready, still there, gone.</summary>
public sealed class DrainTests
{
    private readonly VirtualTimeProvider _time = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stop_WithADelay_TurnsReadinessOffAndStillServesUntilItHasPassed(bool bySignal)
    {
        using var host = Build("5s");
        await host.StartAsync();
        var listener = host.Server("a").Listeners.Single();
        if (bySignal)
        {
            host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }

        var stop = host.StopAsync();
        await _time.WhenTimerAsync(1).InTime();

        Assert.Equal(HealthStatus.Unhealthy, await ReadinessAsync(host));
        Assert.Equal("ABC", await listener.AskAsync("abc"));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(TransportServerState.Running, host.Server("a").State);
        Assert.Equal("ABC", await listener.AskAsync("abc"));

        _time.Advance(TimeSpan.FromSeconds(0.1));
        await stop.InTime();
        Assert.Equal(TransportServerState.Stopped, host.Server("a").State);
        Assert.Equal(HealthStatus.Unhealthy, await ReadinessAsync(host));
    }

    [Fact]
    public async Task Stop_WhoseDeadlineComesBeforeTheDelayHasPassed_StopsAtOnce()
    {
        using var host = Build("1h");
        await host.StartAsync();
        using var deadline = new CancellationTokenSource();

        var stop = host.StopAsync(deadline.Token);
        await _time.WhenTimerAsync(1).InTime();
        await deadline.CancelAsync();

        await Task.WhenAny(stop).InTime();
        Assert.Equal(TransportServerState.Stopped, host.Server("a").State);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("-00:00:01")]
    [InlineData("infinite")]
    [InlineData("2h")]
    [InlineData("soon")]
    public async Task DrainDelay_ThatCannotBe_IsAFaultThatNamesItsKey(string delay)
    {
        using var host = Build(delay);

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        var fault = Assert.Single(exception.Failures);
        Assert.StartsWith("Transports:DrainDelay: must be", fault, StringComparison.Ordinal);
    }

    private static async Task<HealthStatus> ReadinessAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Tags.Contains("ready"))).Status;

    private IHost Build(string delay) => HostedServers.Build(
        transports => transports.AddUpper("a").Services.AddSingleton<TimeProvider>(_time),
        [("DrainDelay", delay)]);
}

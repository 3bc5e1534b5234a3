using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Transports;
using Transports.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Runs servers in the generic host.</summary>
public static class TransportsHostingExtensions
{
    /// <summary>
    /// Starts all servers with the host and stops them with it, within the host's shutdown time-out; lets the
    /// configuration section <c>Transports</c> say where they listen; adds health checks.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Has the last word on where servers listen: it comes after the configuration.</param>
    /// <remarks>
    /// <para>
    /// Endpoints in the configuration replace those of code. All faults in it are reported together before anything
    /// starts, in one <see cref="OptionsValidationException"/>, each with its key.
    /// </para>
    /// <para>
    /// The check <c>transports-live</c> (tag <c>live</c>) is unhealthy once a listener has died or could not be bound;
    /// <c>transports-ready</c> (tag <c>ready</c>) also as long as a server is not running: before it has started, while
    /// it drains, and after that. When the host stops, readiness is off before anything else, then
    /// <see cref="TransportsHostingOptions.DrainDelay"/> passes, then the servers stop.
    /// </para>
    /// <para>May be called any number of times.</para>
    /// </remarks>
    public static ITransportsBuilder AddHosting(
        this ITransportsBuilder builder, Action<TransportsHostingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.All(descriptor => descriptor.ImplementationType != typeof(ServersHostedService)))
        {
            services.AddOptions<TransportsHostingOptions>()
                .Configure<IServiceProvider>((options, provider) =>
                    ServersConfiguration.Read(provider.GetService<IConfiguration>(), options))
                .ValidateOnStart();
            services.AddSingleton<IValidateOptions<TransportsHostingOptions>, ServersValidator>();
            services.AddSingleton<HostDrain>();
            services.AddSingleton<IHostedService, ServersHostedService>();
            services.AddHealthChecks()
                .Add(Check("transports-live", "live", isReadiness: false))
                .Add(Check("transports-ready", "ready", isReadiness: true));
        }

        if (configure is not null)
        {
            services.Configure(configure);
        }

        return builder;
    }

    private static HealthCheckRegistration Check(string name, string tag, bool isReadiness) => new(
        name,
        provider => new ServersHealthCheck(
            provider.GetServices<TransportServer>(), provider.GetRequiredService<HostDrain>(), isReadiness),
        failureStatus: null,
        tags: [tag]);
}

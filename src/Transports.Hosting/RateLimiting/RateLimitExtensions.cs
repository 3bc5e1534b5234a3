using Microsoft.Extensions.Logging;
using Transports;
using Transports.Diagnostics;
using Transports.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Limits how many messages a server handles.</summary>
public static class RateLimitExtensions
{
    /// <summary>
    /// Keeps messages over a limit from the handler and from every middleware that is added after this one.
    /// </summary>
    /// <param name="builder">The server.</param>
    /// <param name="configure">Sets the limits: per endpoint, per peer, or both.</param>
    /// <remarks>
    /// What is kept is counted (<c>transports.messages.limited</c>) and logged, one line a minute at the most. A peer's
    /// own limit is asked first, so that what is over it takes nothing of its endpoint's.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no limit, or an option has a value that cannot be.</exception>
    public static TransportServerBuilder UseRateLimit(
        this TransportServerBuilder builder, Action<RateLimitOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new RateLimitOptions();
        configure(options);
        options.Validate();
        var metrics = new ServerMetrics(builder.Name);
        return builder.Use(provider => new RateLimitMiddleware(
            options,
            builder.Name,
            metrics,
            SafeLogger.Create(provider.GetService<ILoggerFactory>(), TransportLog.Category),
            provider.GetService<TimeProvider>() ?? TimeProvider.System));
    }
}

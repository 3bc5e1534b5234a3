using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Transports;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers transports in a container.</summary>
public static class TransportsServiceCollectionExtensions
{
    /// <summary>
    /// Registers what servers have in common: the one <see cref="InMemoryTransport"/> on which servers and clients of
    /// this container meet, and the schemes of endpoint URIs.
    /// </summary>
    /// <remarks>
    /// May be called any number of times. An <see cref="InMemoryTransport"/> that is registered before is kept. A
    /// <see cref="TimeProvider"/> and an <see cref="ILoggerFactory"/> are used if they are registered.
    /// </remarks>
    public static ITransportsBuilder AddTransports(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => new InMemoryTransport(
            null, provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>()));
        services.TryAddSingleton(provider => new EndpointSchemes(provider.GetServices<IEndpointScheme>()));
        services.AddScheme((loggerFactory, timeProvider) => new TcpEndpointScheme(loggerFactory, timeProvider));
        services.AddScheme((loggerFactory, timeProvider) => new TlsEndpointScheme(loggerFactory, timeProvider));
        services.AddScheme((loggerFactory, timeProvider) => new UdpEndpointScheme(loggerFactory, timeProvider));
        services.AddScheme((loggerFactory, timeProvider) => new UnixEndpointScheme(loggerFactory, timeProvider));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEndpointScheme, MemoryEndpointScheme>(
            provider => new MemoryEndpointScheme(provider.GetRequiredService<InMemoryTransport>())));
        return new TransportsBuilder(services);
    }

    private static void AddScheme<TScheme>(
        this IServiceCollection services, Func<ILoggerFactory?, TimeProvider?, TScheme> create)
        where TScheme : class, IEndpointScheme =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IEndpointScheme, TScheme>(
            provider => create(provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>())));
}

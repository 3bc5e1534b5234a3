using Transports;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers servers.</summary>
public static class TransportsBuilderExtensions
{
    /// <summary>Registers a server; it listens once it is started, and this alone does not start it.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">
    /// Its name, which no other server has (case does not count): the key under which the container gives it
    /// (<c>provider.GetRequiredKeyedService&lt;TransportServer&gt;(name)</c>), and its name in configuration, health
    /// and errors.
    /// </param>
    /// <param name="configure">Says where it listens and what it does with messages; called at once.</param>
    /// <remarks>
    /// In a host, call <c>AddHosting</c> of Transports.Hosting too: it starts and stops all servers with the host.
    /// Without it, call <see cref="TransportServer.StartAsync"/> on each: all servers are
    /// <c>provider.GetServices&lt;TransportServer&gt;()</c>, in the order of their registration. The container disposes
    /// them.
    /// </remarks>
    /// <exception cref="ArgumentException">There is a server of that name, or an option cannot be.</exception>
    /// <exception cref="InvalidOperationException">There is no handler.</exception>
    public static ITransportsBuilder AddServer(
        this ITransportsBuilder builder, string name, Action<TransportServerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.Any(descriptor => descriptor.ServiceType == typeof(TransportServer)
            && descriptor.ServiceKey is string other && other.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"There is a server '{name}' already.", nameof(name));
        }

        var server = new TransportServerBuilder(name, services);
        server.Configure(configure);
        services.AddKeyedSingleton(name, (provider, _) => server.Build(provider));
        services.AddSingleton(provider => provider.GetRequiredKeyedService<TransportServer>(name));
        return builder;
    }
}

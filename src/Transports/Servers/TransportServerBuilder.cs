using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>Says where a server listens and what it does with messages.</summary>
/// <remarks>Faults in code are thrown where they stand. Not for use by two threads.</remarks>
public sealed partial class TransportServerBuilder
{
    private readonly IServiceCollection? _services;
    private readonly List<Func<IServiceProvider, TransportEndpoint>> _endpoints = [];
    private readonly List<Func<IServiceProvider, IMessageMiddleware>> _middleware = [];
    private Func<IServiceProvider, IMessageHandler>? _handler;
    private OverloadOptions? _overload;

    internal TransportServerBuilder(string name, IServiceCollection? services)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        _services = services;
    }

    /// <summary>The server's name.</summary>
    public string Name { get; }

    /// <summary>The container's services: for extensions that register something of their own.</summary>
    /// <exception cref="InvalidOperationException">The server is built without a container.</exception>
    public IServiceCollection Services => _services ?? throw new InvalidOperationException(
        $"Server '{Name}' is built without a container: pass the object itself instead of its type.");

    /// <summary>Puts a middleware round the handler, inside those that were added before.</summary>
    /// <remarks>
    /// Registered as a singleton unless it is registered already. Connections coming and going are reported to the
    /// handler alone.
    /// </remarks>
    public TransportServerBuilder Use<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TMiddleware>()
        where TMiddleware : class, IMessageMiddleware
    {
        var services = Services;
        services.TryAddSingleton<TMiddleware>();
        return Use(provider => Descriptor<TMiddleware>(services).Lifetime == ServiceLifetime.Scoped
            ? throw new InvalidOperationException(
                $"{typeof(TMiddleware)} is registered as scoped, but one instance of a middleware serves all messages.")
            : provider.GetRequiredService<TMiddleware>());
    }

    /// <summary>Puts a middleware round the handler, inside those that were added before.</summary>
    public TransportServerBuilder Use(IMessageMiddleware middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        return Use(_ => middleware);
    }

    /// <summary>Puts a middleware round the handler, inside those that were added before.</summary>
    /// <param name="invoke">See <see cref="IMessageMiddleware.InvokeAsync"/>.</param>
    public TransportServerBuilder Use(Func<MessageContext, MessageDelegate, CancellationToken, ValueTask> invoke)
    {
        ArgumentNullException.ThrowIfNull(invoke);
        return Use(new DelegateMiddleware(invoke));
    }

    /// <summary>Puts a middleware round the handler, inside those that were added before.</summary>
    /// <param name="create">Called once, when the server is made.</param>
    public TransportServerBuilder Use(Func<IServiceProvider, IMessageMiddleware> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _middleware.Add(create);
        return this;
    }

    /// <summary>Sets the handler.</summary>
    /// <remarks>
    /// Registered as a singleton unless it is registered already. One that is registered as scoped is made anew for
    /// every message, in a scope that ends when the handler's task ends; if it is an <see cref="IConnectionObserver"/>,
    /// each of those calls has a scope of its own too.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The server has a handler already.</exception>
    public TransportServerBuilder Handle<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>()
        where THandler : class, IMessageHandler
    {
        var services = Services;
        services.TryAddSingleton<THandler>();
        return Handle(provider =>
        {
            // Asked only now: the registration that counts may have come after this call.
            var descriptor = Descriptor<THandler>(services);
            if (descriptor.Lifetime != ServiceLifetime.Scoped)
            {
                return provider.GetRequiredService<THandler>();
            }

            var type = descriptor.ImplementationType ?? typeof(THandler);
            var observes = type.IsAssignableTo(typeof(IConnectionObserver));
            return ScopedHandler<THandler>.Create(provider.GetRequiredService<IServiceScopeFactory>(), observes);
        });
    }

    /// <summary>Sets the handler.</summary>
    /// <exception cref="InvalidOperationException">The server has a handler already.</exception>
    public TransportServerBuilder Handle(IMessageHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Handle(_ => handler);
    }

    /// <summary>Sets the handler.</summary>
    /// <param name="handle">See <see cref="IMessageHandler.HandleAsync"/>.</param>
    /// <exception cref="InvalidOperationException">The server has a handler already.</exception>
    public TransportServerBuilder Handle(Func<MessageContext, CancellationToken, ValueTask> handle) =>
        Handle(MessageHandler.Create(handle));

    /// <summary>Sets the handler.</summary>
    /// <param name="create">Called once, when the server is made.</param>
    /// <exception cref="InvalidOperationException">The server has a handler already.</exception>
    public TransportServerBuilder Handle(Func<IServiceProvider, IMessageHandler> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        if (_handler is not null)
        {
            throw new InvalidOperationException($"Server '{Name}' has a handler already.");
        }

        _handler = create;
        return this;
    }

    /// <summary>
    /// Lets the server shed load when it has too much of it: see <see cref="OverloadOptions"/>. Without this call it
    /// does not look.
    /// </summary>
    /// <param name="configure">Sets thresholds; without it memory is looked at alone.</param>
    /// <remarks>
    /// Listeners of <see cref="ByteStreamTransport"/> and <see cref="DatagramTransport"/> shed; others do not.
    /// </remarks>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public TransportServerBuilder Overload(Action<OverloadOptions>? configure = null)
    {
        var options = new OverloadOptions();
        configure?.Invoke(options);
        _overload = options.Snapshot();
        return this;
    }

    internal void Configure(Action<TransportServerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(this);
        if (_handler is null)
        {
            throw new InvalidOperationException($"Server '{Name}' has no handler: call Handle.");
        }
    }

    internal TransportServer Build(IServiceProvider provider)
    {
        var middleware = _middleware.ConvertAll(create => create(provider));
        var handler = MiddlewareChain.Compose(middleware, _handler!(provider));
        return new TransportServer(Name, _endpoints.ConvertAll(create => create(provider)), handler)
        {
            Overload = _overload is null ? null : OverloadSetup(_overload, provider),
        };
    }

    private static OverloadSetup OverloadSetup(OverloadOptions options, IServiceProvider provider) => new(
        options,
        SafeLogger.Create(provider.GetService<ILoggerFactory>(), TransportLog.Category),
        provider.GetService<TimeProvider>() ?? TimeProvider.System);

    private static ServiceDescriptor Descriptor<T>(IServiceCollection services) =>
        services.Last(descriptor => descriptor.ServiceType == typeof(T) && !descriptor.IsKeyedService);
}

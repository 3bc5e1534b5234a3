using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary>What a server's endpoints ask a container for, where there is none.</summary>
internal sealed class StandaloneServices : IServiceProvider
{
    private readonly ILoggerFactory? _loggerFactory;
    private readonly TimeProvider? _timeProvider;
    private readonly Lazy<InMemoryTransport> _memory;
    private readonly Lazy<EndpointSchemes> _schemes;

    public StandaloneServices(ILoggerFactory? loggerFactory, TimeProvider? timeProvider)
    {
        _loggerFactory = loggerFactory;
        _timeProvider = timeProvider;
        _memory = new(() => new InMemoryTransport(null, loggerFactory, timeProvider));
        _schemes = new(() => new EndpointSchemes(
            [.. BuiltInSchemes.Create(loggerFactory, timeProvider), new MemoryEndpointScheme(_memory.Value)]));
    }

    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType == typeof(ILoggerFactory) ? _loggerFactory
            : serviceType == typeof(TimeProvider) ? _timeProvider
            : serviceType == typeof(InMemoryTransport) ? _memory.Value
            : serviceType == typeof(EndpointSchemes) ? _schemes.Value
            : null;
    }
}

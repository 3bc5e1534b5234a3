using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary>The schemes that need nothing but a logger and a clock.</summary>
internal static class BuiltInSchemes
{
    public static IEnumerable<IEndpointScheme> Create(ILoggerFactory? loggerFactory, TimeProvider? timeProvider) =>
    [
        new TcpEndpointScheme(loggerFactory, timeProvider),
        new TlsEndpointScheme(loggerFactory, timeProvider),
        new UnixEndpointScheme(loggerFactory, timeProvider),
        new UdpEndpointScheme(loggerFactory, timeProvider),
    ];
}

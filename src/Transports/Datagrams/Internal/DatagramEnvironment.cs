using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>What a transport shares with its listeners and connections.</summary>
internal sealed class DatagramEnvironment(
    string scheme, DatagramTransportOptions options, ILogger logger, TimeProvider timeProvider)
{
    private static long _lastId;

    public string Scheme { get; } = scheme;

    public DatagramTransportOptions Options { get; } = options;

    public ILogger Logger { get; } = logger;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public TransportMetrics Metrics { get; } = new(scheme);

    /// <summary>Names a listener or a connection; unique within the process.</summary>
    public string NextId() => $"{Scheme}-{Interlocked.Increment(ref _lastId)}";
}

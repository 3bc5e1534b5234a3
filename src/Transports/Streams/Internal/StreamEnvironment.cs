using System.Buffers;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;
using Transports.Framing;

namespace Transports;

/// <summary>What all connections of one transport share: immutable, made once.</summary>
internal sealed class StreamEnvironment(
    string scheme, StreamTransportOptions options, MessageFraming framing, ILogger logger, TimeProvider timeProvider)
{
    private static long _connections;

    public string Scheme { get; } = scheme;

    public StreamTransportOptions Options { get; } = options;

    public MessageFraming Framing { get; } = framing;

    // Asked for several times a message: a field is cheaper than a virtual call.
    public int MaxHeaderBytes { get; } = framing.MaxHeaderBytes;

    public int MaxTrailerBytes { get; } = framing.MaxTrailerBytes;

    public int OutputHighWaterBytes { get; } = options.OutputHighWaterBytes;

    public ILogger Logger { get; } = logger;

    public TimeProvider TimeProvider { get; } = timeProvider;

    public TransportMetrics Metrics { get; } = new(scheme);

    public ArrayPool<byte> Pool { get; } = options.BufferPool;

    public int MaxMessageBytes { get; } = Math.Min(options.MaxMessageBytes, framing.MaxPayloadBytes);

    public string NextConnectionId() => $"{Scheme}-{Interlocked.Increment(ref _connections)}";
}

using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Transports.ContractTests;

/// <summary>What a fact may ask of a transport, whatever its kind; null leaves the transport's default.</summary>
public sealed class TransportSettings
{
    public required ArrayPool<byte> BufferPool { get; set; }

    public required ILoggerFactory LoggerFactory { get; set; }

    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    public int? MaxMessageBytes { get; set; }

    public TimeSpan? DrainTimeout { get; set; }

    public int? ReceiveQueueBytes { get; set; }

    public int? MaxConnections { get; set; }

    public int? MaxConnectionsPerAddress { get; set; }

    public TimeSpan? IdleTimeout { get; set; }

    public TimeSpan? SendTimeout { get; set; }

    public TimeSpan? LingerTimeout { get; set; }

    public int? OutputHighWaterBytes { get; set; }

    /// <summary>How much arrives at once at most; where a driver has its own buffer below, that is as small.</summary>
    public int? ReadBufferBytes { get; set; }

    /// <summary>Only where messages of one peer are handled at once.</summary>
    public int? MaxConcurrentMessages { get; set; }

    /// <summary>Copies what is set to the options of a transport over a stream.</summary>
    public T ApplyTo<T>(T options)
        where T : StreamTransportOptions
    {
        ApplyCommon(options);
        options.MaxMessageBytes = MaxMessageBytes ?? options.MaxMessageBytes;
        options.MaxConnections = MaxConnections ?? options.MaxConnections;
        options.MaxConnectionsPerAddress = MaxConnectionsPerAddress ?? options.MaxConnectionsPerAddress;
        options.IdleTimeout = IdleTimeout ?? options.IdleTimeout;
        options.SendTimeout = SendTimeout ?? options.SendTimeout;
        options.LingerTimeout = LingerTimeout ?? options.LingerTimeout;
        options.OutputHighWaterBytes = OutputHighWaterBytes ?? options.OutputHighWaterBytes;
        options.ReadBufferBytes = ReadBufferBytes ?? options.ReadBufferBytes;

        // Where a fact moves the clock by hours, no peer keeps up with a least rate.
        options.MinReceiveRate = 0;
        return options;
    }

    /// <summary>Copies what is set to the options of a transport over datagrams.</summary>
    public UdpTransportOptions ApplyTo(UdpTransportOptions options)
    {
        ApplyCommon(options);
        options.MaxMessageBytes = MaxMessageBytes ?? options.MaxMessageBytes;
        options.MaxConcurrentMessages = MaxConcurrentMessages ?? options.MaxConcurrentMessages;

        // The facts reply as often and as long as they like; what holds that back has tests of its own.
        options.MaxReplyFactor = 0;
        return options;
    }

    private void ApplyCommon(TransportOptions options)
    {
        options.BufferPool = BufferPool;
        options.DrainTimeout = DrainTimeout ?? options.DrainTimeout;
        options.ReceiveQueueBytes = ReceiveQueueBytes ?? options.ReceiveQueueBytes;
    }
}

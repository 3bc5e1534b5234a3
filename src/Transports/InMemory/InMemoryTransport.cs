using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using Transports.Framing;

namespace Transports;

/// <summary>
/// Messages within one process: listeners and clients on the same instance meet each other by name. Made for unit
/// tests: no socket, no timer, and a handler that completes at once has answered before the send returns.
/// </summary>
/// <remarks>
/// Everything above the bytes is what runs over TCP: framing, order, limits, back-pressure, faults, drain. Like TCP it
/// refuses a connection to a name that nobody listens on. A handler that blocks its thread blocks the sender with it.
/// </remarks>
public sealed class InMemoryTransport : ByteStreamTransport
{
    private readonly ConcurrentDictionary<InMemoryEndPoint, MemoryByteStreamListener> _listeners = new();
    private readonly InMemoryTransportOptions _options;
    private long _names;

    /// <summary>Makes an empty world of its own.</summary>
    /// <param name="options">Limits; null takes the defaults, otherwise a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public InMemoryTransport(
        InMemoryTransportOptions? options = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
        : base(
            "memory",
            options ??= new InMemoryTransportOptions(),
            MessageFraming.LengthPrefixed(),
            loggerFactory,
            timeProvider) =>
        _options = (InMemoryTransportOptions)options.Snapshot();

    /// <inheritdoc/>
    protected override bool StartsInline => true;

    /// <inheritdoc/>
    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken)
    {
        var endPoint = Check(localEndPoint);
        var listener = new MemoryByteStreamListener(endPoint, name => _listeners.TryRemove(name, out _));
        return _listeners.TryAdd(endPoint, listener)
            ? new ValueTask<IByteStreamListener>(listener)
            : throw new AddressInUseException($"{endPoint} is in use already.");
    }

    /// <inheritdoc/>
    protected override ValueTask<ByteStream> OpenAsync(EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        var remote = Check(remoteEndPoint);
        var number = Interlocked.Increment(ref _names).ToString(CultureInfo.InvariantCulture);
        var local = new InMemoryEndPoint($"{remote.Name}-client-{number}");
        var toServer = new MemoryPipe(_options.PipeBytes, _options.BufferPool);
        var toClient = new MemoryPipe(_options.PipeBytes, _options.BufferPool);
        return _listeners.TryGetValue(remote, out var listener)
            && listener.TryOffer(new MemoryByteStream(remote, local, toServer, toClient))
            ? new ValueTask<ByteStream>(new MemoryByteStream(local, remote, toClient, toServer))
            : throw new ConnectionFailedException($"Nobody listens on {remote}.");
    }

    private static InMemoryEndPoint Check(EndPoint endPoint) =>
        endPoint as InMemoryEndPoint ?? throw new ArgumentException(
            $"Memory serves {nameof(InMemoryEndPoint)}, not {endPoint.GetType().Name}.", nameof(endPoint));
}

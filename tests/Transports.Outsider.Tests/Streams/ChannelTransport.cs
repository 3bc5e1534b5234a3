using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Transports;
using Transports.Framing;

namespace Outsider;

/// <summary>The limits: those that every stream transport has, and what this one adds.</summary>
public class ChannelTransportOptions : StreamTransportOptions
{
    public MessageFraming Framing { get; set; } = MessageFraming.Lines;

    /// <summary>How many chunks of bytes are on the way before a sender waits.</summary>
    public int MaxChunks { get; set; } = 16;

    protected override void Validate(ICollection<string> faults)
    {
        base.Validate(faults);
        if (MaxChunks < 1)
        {
            faults.Add($"{nameof(MaxChunks)} must be at least 1, but is {MaxChunks}.");
        }
    }
}

/// <summary>Streams of bytes that go through <see cref="Channel{T}"/>s instead of a network.</summary>
public sealed class ChannelTransport(
    ChannelTransportOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    : ByteStreamTransport("channel", options, options.Framing, loggerFactory, timeProvider)
{
    private readonly ConcurrentDictionary<EndPoint, ChannelListener> _listeners = new();
    private readonly int _maxChunks = options.MaxChunks;
    private int _clients;

    protected override ValueTask<IByteStreamListener> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken)
    {
        CheckKind(localEndPoint);
        var listener = new ChannelListener(localEndPoint, () => _listeners.TryRemove(localEndPoint, out _));
        return _listeners.TryAdd(localEndPoint, listener)
            ? new ValueTask<IByteStreamListener>(listener)
            : throw new AddressInUseException($"Somebody listens on {localEndPoint} already.");
    }

    protected override async ValueTask<ByteStream> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        CheckKind(remoteEndPoint);
        if (!_listeners.TryGetValue(remoteEndPoint, out var listener))
        {
            throw new ConnectionFailedException($"Nobody listens on {remoteEndPoint}.");
        }

        var localEndPoint = new InMemoryEndPoint($"client-{Interlocked.Increment(ref _clients)}");
        var there = Channel.CreateBounded<byte[]>(_maxChunks);
        var back = Channel.CreateBounded<byte[]>(_maxChunks);
        await listener.OfferAsync(
            new ChannelStream(remoteEndPoint, localEndPoint, there, back), cancellationToken);
        return new ChannelStream(localEndPoint, remoteEndPoint, back, there);
    }

    private static void CheckKind(EndPoint endPoint)
    {
        if (endPoint is not InMemoryEndPoint)
        {
            throw new ArgumentException($"{endPoint} is not an {nameof(InMemoryEndPoint)}.", nameof(endPoint));
        }
    }
}

/// <summary>Where the streams of peers arrive.</summary>
internal sealed class ChannelListener(EndPoint localEndPoint, Action unregister) : IByteStreamListener
{
    private readonly Channel<ByteStream> _arrived = Channel.CreateBounded<ByteStream>(128);

    public EndPoint LocalEndPoint => localEndPoint;

    /// <summary>Called by who connects: waits while too many wait already.</summary>
    public async ValueTask OfferAsync(ByteStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await _arrived.Writer.WriteAsync(stream, cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new ConnectionFailedException($"Nobody listens on {localEndPoint} any more.", exception);
        }
    }

    public ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken) =>
        _arrived.Reader.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        unregister();
        _arrived.Writer.TryComplete();
        while (_arrived.Reader.TryRead(out var neverAccepted))
        {
            neverAccepted.Abort();
        }

        return default;
    }
}

/// <summary>One end of a stream: a channel that brings bytes, and one that takes them away.</summary>
internal sealed class ChannelStream(
    EndPoint localEndPoint, EndPoint remoteEndPoint, Channel<byte[]> incoming, Channel<byte[]> outgoing) : ByteStream
{
    private ReadOnlyMemory<byte> _rest;

    public override EndPoint LocalEndPoint => localEndPoint;

    public override EndPoint RemoteEndPoint => remoteEndPoint;

    // No buffer is rented for a connection that has nothing to read.
    public override async ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (_rest.IsEmpty)
        {
            await incoming.Reader.WaitToReadAsync(cancellationToken);
        }
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            _rest = _rest.IsEmpty ? await incoming.Reader.ReadAsync(cancellationToken) : _rest;
        }
        catch (ChannelClosedException closed) when (closed.InnerException is null)
        {
            return 0; // The peer has ended its side.
        }
        catch (ChannelClosedException closed)
        {
            throw new ConnectionClosedException(CloseReason.RemoteReset, innerException: closed);
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    // The bytes are the caller's again when the task ends, so the channel gets a copy.
    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await outgoing.Writer.WriteAsync(bytes.ToArray());
        }
        catch (ChannelClosedException closed)
        {
            throw new ConnectionClosedException(CloseReason.RemoteReset, innerException: closed);
        }
    }

    public override ValueTask CompleteSendsAsync()
    {
        outgoing.Writer.TryComplete();
        return default;
    }

    // Both ends of both channels: a receive and a send that are pending here end as well.
    public override void Abort()
    {
        var reset = new ConnectionClosedException(CloseReason.RemoteReset);
        incoming.Writer.TryComplete(reset);
        outgoing.Writer.TryComplete(reset);
    }

    // What was sent can still be read by the peer; what it sends from now on is refused.
    public override ValueTask DisposeAsync()
    {
        outgoing.Writer.TryComplete();
        incoming.Writer.TryComplete(new ConnectionClosedException(CloseReason.RemoteReset));
        return default;
    }
}

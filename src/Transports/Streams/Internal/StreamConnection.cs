using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// A connection over a byte stream. Knows no socket: what moves the bytes is the <see cref="ByteStream"/> below it. One
/// loop receives, finds messages, hands them to the handler (or queues them for a receiver) and ends the connection.
/// </summary>
internal sealed partial class StreamConnection : IConnection, IThreadPoolWorkItem
{
    private readonly ByteStream _stream;
    private readonly StreamEnvironment _environment;
    private readonly StreamListener? _listener;
    private readonly ReplyWriter _reply;
    private readonly StreamMessageContext? _context;
    private readonly ReceiveQueue? _received;
    private InputBuffer _input = new();
    private string? _id;

    /// <summary>Makes the connection of a client (no listener, no handler), or one that a listener accepted.</summary>
    public StreamConnection(
        ByteStream stream, StreamEnvironment environment, StreamListener? listener)
    {
        (_stream, _environment, _listener) = (stream, environment, listener);
        _reply = new ReplyWriter(new StreamOutput(this));
        _endedToken = _ended.Token;
        _receiving = stream is IStopsReceiving ? null : new CancellationTokenSource();
        if (listener is null)
        {
            _received = new ReceiveQueue(environment.Options.ReceiveQueueBytes, environment.Pool);
        }
        else
        {
            _context = new StreamMessageContext(this);
        }

        // The idle sweep may look at a connection that still waits for its first turn.
        Touch();
    }

    /// <summary>When it has lived long enough, as a timestamp of the clock.</summary>
    public long ExpiresAt { get; set; } = Never;

    /// <summary>The neighbours in the list of <see cref="ConnectionSet"/>, which alone touches them.</summary>
    public StreamConnection? Previous { get; set; }

    /// <inheritdoc cref="Previous"/>
    public StreamConnection? Next { get; set; }

    public ByteStream Stream => _stream;

    public StreamEnvironment Environment => _environment;

    public ReplyWriter Reply => _reply;

    /// <summary>No field of its own: idle, those are most of what a connection is.</summary>
    private StreamOutput Output => _reply.Output;

    public string Id => _id ?? SetId();

    public EndPoint LocalEndPoint => _stream.LocalEndPoint;

    public EndPoint RemoteEndPoint => _stream.RemoteEndPoint;

    public TlsSession? Tls => _stream.Tls;

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        if (message.Length > _environment.MaxMessageBytes)
        {
            return ValueTask.FromException(
                new MessageTooLongException(message.Length, _environment.MaxMessageBytes));
        }

        try
        {
            _environment.Framing.Validate(message.Span);
            return _reply.TrySend(message.Span, cancellationToken, out var sent)
                ? sent
                : Output.SendAsync(message, cancellationToken);
        }
        catch (Exception exception) when (exception is ArgumentException or TransportException)
        {
            return ValueTask.FromException(exception);
        }
    }

    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default) =>
        _received is null
            ? throw new InvalidOperationException("The messages of this connection go to its listener's handler.")
            : _received.ReceiveAsync(cancellationToken);

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default) =>
        ReceiveSequence.ReadAllAsync(this, cancellationToken);

    /// <summary>
    /// Starts the receive loop on the calling thread, which comes back when there is nothing more to do.
    /// </summary>
    public void Start()
    {
        _environment.Metrics.ConnectionOpened();
        if (_environment.Logger.IsEnabled(LogLevel.Debug))
        {
            TransportLog.ConnectionOpened(_environment.Logger, Id, RemoteEndPoint);
        }

        _ = RunAsync(isNew: true);
    }

    void IThreadPoolWorkItem.Execute() => Start();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private string SetId() =>
        Interlocked.CompareExchange(ref _id, _environment.NextConnectionId(), null) ?? _id;
}

using System.Net;
using System.Text;
using System.Threading.Channels;

namespace Transports.Testing;

/// <summary>A connection whose other end is the test: it delivers messages, reads what was sent, and closes.</summary>
/// <remarks>
/// As strict as a real one: one receive at a time, a received payload turns into garbage when the next receive begins,
/// nothing can be sent after the end, and the messages of a connection that belongs to a
/// <see cref="TestMessageContext"/> go to the handler and cannot be received. All members may be used from any thread.
/// </remarks>
public sealed class TestConnection : IConnection
{
    private static long _lastId;

    private readonly Lock _gate = new();
    private readonly StateSignal _signal;
    private readonly List<byte[]> _sent = [];
    private readonly Channel<byte[]> _incoming = Channel.CreateUnbounded<byte[]>();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<CloseReason> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private byte[] _lastReceived = [];
    private int _receiving;
    private volatile bool _belongsToHandler;

    /// <summary>Makes an open connection.</summary>
    public TestConnection() => _signal = new StateSignal(_gate);

    /// <inheritdoc/>
    public string Id { get; init; } = $"test-{Interlocked.Increment(ref _lastId)}";

    /// <summary>This side's endpoint. Default 127.0.0.1:12000.</summary>
    public EndPoint LocalEndPoint { get; init; } = new IPEndPoint(IPAddress.Loopback, 12000);

    /// <summary>The peer's endpoint. Default 127.0.0.1:50000.</summary>
    public EndPoint RemoteEndPoint { get; init; } = new IPEndPoint(IPAddress.Loopback, 50000);

    /// <summary>The largest message that can be sent, in bytes. Default 65,536.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024;

    /// <summary>How long, in real time, <see cref="WaitForSentAsync"/> waits before it fails. Default 30 s.</summary>
    public TimeSpan WaitTimeout { get; init; } = StateSignal.DefaultTimeout;

    /// <inheritdoc/>
    public Task<CloseReason> Completion => _completion.Task;

    /// <summary>What the peer would have got so far, in order: what was sent, and replies on this connection.</summary>
    public IReadOnlyList<byte[]> Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>What the peer would have got so far, as texts; invalid UTF-8 becomes U+FFFD.</summary>
    public IReadOnlyList<string> SentTexts => Texts.Decode(Sent);

    /// <summary>Cancelled when the connection has ended.</summary>
    internal CancellationToken Ended => _ended.Token;

    /// <summary>Lets a message arrive: a receive gets it.</summary>
    /// <exception cref="InvalidOperationException">It has ended, or its messages go to a handler.</exception>
    public void Deliver(ReadOnlyMemory<byte> message)
    {
        ThrowIfHandlers();
        if (!_incoming.Writer.TryWrite(message.ToArray()))
        {
            throw new InvalidOperationException("The connection has ended: nothing more can arrive.");
        }
    }

    /// <summary>Lets a text arrive, in UTF-8.</summary>
    /// <inheritdoc cref="Deliver(ReadOnlyMemory{byte})"/>
    public void Deliver(string message) => Deliver(Encoding.UTF8.GetBytes(message));

    /// <summary>Ends the connection; what was delivered can still be received. Only the first reason counts.</summary>
    public void Close(CloseReason reason = CloseReason.RemoteClosed)
    {
        lock (_gate)
        {
            if (!_completion.TrySetResult(reason))
            {
                return;
            }

            _incoming.Writer.Complete();
        }

        _ended.Cancel();
    }

    /// <summary>Waits until <paramref name="count"/> messages were sent, in all; gives all that were.</summary>
    /// <exception cref="TimeoutException">Fewer were sent within <see cref="WaitTimeout"/>.</exception>
    public async Task<IReadOnlyList<byte[]>> WaitForSentAsync(
        int count = 1, CancellationToken cancellationToken = default)
    {
        await _signal.WaitAsync(
            () => _sent.Count >= count,
            WaitTimeout,
            () => $"Expected {count} sent messages, but {Texts.List(SentTexts)}",
            cancellationToken).ConfigureAwait(false);
        return Sent;
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        try
        {
            Record(message.ToArray());
            return default;
        }
        catch (TransportException exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfHandlers();
        if (Interlocked.Exchange(ref _receiving, 1) != 0)
        {
            throw new InvalidOperationException("A receive is pending already.");
        }

        try
        {
            Garbage.Fill(_lastReceived);
            return _lastReceived = await _incoming.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ConnectionClosedException(await Completion.ConfigureAwait(false));
        }
        finally
        {
            Volatile.Write(ref _receiving, 0);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default) =>
        ReceiveSequence.ReadAllAsync(this, cancellationToken);

    /// <inheritdoc/>
    public void Abort() => Close(CloseReason.Aborted);

    /// <summary>Ends the connection as <see cref="CloseReason.LocalClosed"/>.</summary>
    public ValueTask DisposeAsync()
    {
        Close(CloseReason.LocalClosed);
        return default;
    }

    /// <summary>From now on it is a connection that a listener accepted.</summary>
    internal void GiveToHandler() => _belongsToHandler = true;

    internal void Record(byte[] message)
    {
        if (message.Length > MaxMessageBytes)
        {
            throw new MessageTooLongException(message.Length, MaxMessageBytes);
        }

        lock (_gate)
        {
            if (Completion.IsCompletedSuccessfully)
            {
                throw new ConnectionClosedException(Completion.Result);
            }

            _sent.Add(message);
            _signal.Changed();
        }
    }

    private void ThrowIfHandlers()
    {
        if (_belongsToHandler)
        {
            throw new InvalidOperationException("The messages of this connection go to its handler.");
        }
    }
}

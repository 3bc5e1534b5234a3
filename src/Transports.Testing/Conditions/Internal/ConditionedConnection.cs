using System.Net;

namespace Transports.Testing;

/// <summary>A connection with a <see cref="DelayLine"/> each way.</summary>
internal sealed class ConditionedConnection : IConnection
{
    private readonly IConnection _inner;
    private readonly TransportCapabilities _capabilities;
    private readonly DelayLine _outgoing;
    private readonly DelayLine _incoming;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;
    private readonly Task _receiving;
    private int _isReceiving;
    private Task? _disposal;

    public ConditionedConnection(
        IConnection inner, TransportCapabilities capabilities, DelayLine outgoing, DelayLine incoming)
    {
        _inner = inner;
        _capabilities = capabilities;
        _outgoing = outgoing;
        _incoming = incoming;
        _sending = SendAllAsync(_stopping.Token);
        _receiving = ReceiveEverythingAsync(_stopping.Token);
    }

    public string Id => _inner.Id;

    public EndPoint LocalEndPoint => _inner.LocalEndPoint;

    public EndPoint RemoteEndPoint => _inner.RemoteEndPoint;

    public TlsSession? Tls => _inner.Tls;

    public Task<CloseReason> Completion => _inner.Completion;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (message.Length > _capabilities.MaxMessageBytes)
        {
            throw new MessageTooLongException(message.Length, _capabilities.MaxMessageBytes);
        }

        if (_inner.Completion.IsCompleted)
        {
            throw new ConnectionClosedException(await _inner.Completion.ConfigureAwait(false));
        }

        await _outgoing.AddAsync(message, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isReceiving, 1) != 0)
        {
            throw new InvalidOperationException("A receive is pending already.");
        }

        try
        {
            return await _incoming.TakeAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isReceiving, 0);
        }
    }

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default) =>
        ReceiveSequence.ReadAllAsync(this, cancellationToken);

    public void Abort()
    {
        _inner.Abort();
        _outgoing.End(new ConnectionClosedException(CloseReason.Aborted));
    }

    public ValueTask DisposeAsync()
    {
        lock (_stopping)
        {
            _disposal ??= DisposeOnceAsync();
            return new ValueTask(_disposal);
        }
    }

    private async Task DisposeOnceAsync()
    {
        _outgoing.End(new ConnectionClosedException(CloseReason.LocalClosed));
        if (_capabilities.IsReliable)
        {
            await Task.WhenAny(_sending, _inner.Completion).ConfigureAwait(false);
        }

        await Continuations.CancelAsync(_stopping).ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(_sending, _receiving).ConfigureAwait(false);
        _incoming.End(new ConnectionClosedException(await _inner.Completion.ConfigureAwait(false)));
        _stopping.Dispose();
    }

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var message = await _outgoing.TakeAsync(cancellationToken).ConfigureAwait(false);
                await SendOneAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
#pragma warning disable CA1031 // Whatever ends the sending is what the next send throws.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _outgoing.End(exception);
        }
    }

    /// <summary>A datagram that cannot be sent is lost like any other; the next may fare better.</summary>
    private async ValueTask SendOneAsync(byte[] message, CancellationToken cancellationToken)
    {
        try
        {
            await _inner.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (TransportException exception) when (
            !_capabilities.IsReliable && exception is not ConnectionClosedException)
        {
        }
    }

    private async Task ReceiveEverythingAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var message = await _inner.ReceiveAsync(cancellationToken).ConfigureAwait(false);
                await _incoming.AddAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
#pragma warning disable CA1031 // Whatever ends the receiving is what the receiver gets, after what came before.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _incoming.End(exception);
        }
    }
}

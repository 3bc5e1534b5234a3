using System.Buffers;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports.Requests;

/// <summary>Asks one peer, and gets for every request its own reply.</summary>
/// <remarks>
/// <para>
/// Over an ordered, reliable transport requests share one connection, which is made when it is first needed; many may
/// be on their way at once, and the peer answers each with exactly one message, in order. When the connection ends, the
/// requests that were sent fail at once and the next request makes a new connection; a request that was not sent yet
/// just moves to it. A request whose caller gave it up keeps its place: its late reply is dropped, never given to the
/// next. Where the framing keeps no boundaries only one request is on its way at a time.
/// </para>
/// <para>
/// Over any other transport a request is sent again, at growing intervals, until its reply comes. So the peer may
/// handle it more than once. Each has a socket of its own, and one on which a reply may still come stays bound for
/// <see cref="RequestClientOptions.LateReplyTime"/>, so that a late reply does not answer a newer request.
/// </para>
/// <para>All members may be called from any thread, any number at once.</para>
/// </remarks>
public sealed class RequestClient : IAsyncDisposable
{
    private static readonly Action<object?> Cancel = static state => ((CancellationTokenSource)state!).Cancel();

    private readonly TimeSpan _timeout;
    private readonly DeadlinePool _deadlines;
    private readonly EndPoint _remote;
    private readonly int _maxMessageBytes;
    private readonly RequestExchange _exchange;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly Lock _lock = new();
    private Task? _disposal;

    /// <summary>Makes a client; nothing is sent, and no connection made, before the first request.</summary>
    /// <param name="transport">Carries the messages; its capabilities decide how.</param>
    /// <param name="remote">The peer to ask.</param>
    /// <param name="options">Time-outs and limits; null takes the defaults, otherwise a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's, or that of a simulated network.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be; names every such option.</exception>
    public RequestClient(
        ITransport transport,
        EndPoint remote,
        RequestClientOptions? options = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(remote);
        var capabilities = transport.Capabilities;
        var snapshot = (options ?? new RequestClientOptions()).Snapshot();
        var world = transport as ITimedTransport;
        var clock = timeProvider ?? world?.TimeProvider ?? TimeProvider.System;
        snapshot.JitterSeed ??= world?.JitterSeed;
        _timeout = snapshot.Timeout;
        _deadlines = new DeadlinePool(_timeout, clock);
        _remote = remote;
        _maxMessageBytes = capabilities.MaxMessageBytes;
        var logger = SafeLogger.Create(loggerFactory, RequestTelemetry.Category);
        var telemetry = new RequestTelemetry(logger, capabilities.Scheme, remote);
        _exchange = capabilities is { IsOrdered: true, IsReliable: true }
            ? new PipelinedExchange(transport, remote, snapshot, telemetry, clock, _lifetime.Token)
            : new DatagramExchange(transport, remote, snapshot, telemetry, clock);
    }

    /// <summary>Sends a request and waits for its reply.</summary>
    /// <param name="request">The payload; not read any more once the task has ended.</param>
    /// <param name="cancellationToken">Gives the request up; if it was sent, the peer may still handle it.</param>
    /// <returns>The reply, in an array that is the caller's own for good.</returns>
    /// <exception cref="RequestTimeoutException">
    /// No reply came within <see cref="RequestClientOptions.Timeout"/>; the peer may have handled the request.
    /// </exception>
    /// <exception cref="ConnectionClosedException">
    /// The connection ended after the request was sent: the peer may have handled it. Or the client is disposed.
    /// </exception>
    /// <exception cref="ConnectionFailedException">No connection could be made; the request was not sent.</exception>
    /// <exception cref="MessageTooLongException">The request is over the transport's limit.</exception>
    /// <exception cref="ArgumentException">The framing cannot carry this request.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> RequestAsync(
        ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default)
    {
        var reply = await ExchangeAsync(request, rented: false, cancellationToken).ConfigureAwait(false);
        return reply.Memory;
    }

    /// <summary>Sends a request and writes its reply where the caller wants it, without an array for each.</summary>
    /// <param name="request">The payload; not read any more once the task has ended.</param>
    /// <param name="reply">Gets the reply, on the caller's side of the wait: nothing unless the task succeeds.</param>
    /// <param name="cancellationToken">Gives the request up; if it was sent, the peer may still handle it.</param>
    /// <returns>The reply's length in bytes.</returns>
    /// <inheritdoc cref="RequestAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> RequestAsync(
        ReadOnlyMemory<byte> request, IBufferWriter<byte> reply, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var rented = await ExchangeAsync(request, rented: true, cancellationToken).ConfigureAwait(false);
        try
        {
            reply.Write(rented.Memory.Span);
            return rented.Memory.Length;
        }
        finally
        {
            rented.Return();
        }
    }

    /// <summary>Sends a text as a request and waits for its reply; both are UTF-8.</summary>
    /// <param name="request">The text.</param>
    /// <param name="cancellationToken">Gives the request up; if it was sent, the peer may still handle it.</param>
    /// <returns>The reply; invalid UTF-8 becomes U+FFFD.</returns>
    /// <inheritdoc cref="RequestAsync(ReadOnlyMemory{byte}, CancellationToken)" path="/exception"/>
    public async ValueTask<string> RequestAsync(string request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var bytes = Encoding.UTF8.GetBytes(request);
        var reply = await ExchangeAsync(bytes, rented: true, cancellationToken).ConfigureAwait(false);
        try
        {
            return Encoding.UTF8.GetString(reply.Memory.Span);
        }
        finally
        {
            reply.Return();
        }
    }

    /// <summary>
    /// Fails all requests, as every later one, with <see cref="ConnectionClosedException"/>
    /// (<see cref="CloseReason.LocalClosed"/>), and closes what is open. May be called more than once.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _disposal ??= DisposeCoreAsync();
            return new ValueTask(_disposal);
        }
    }

    private async Task DisposeCoreAsync()
    {
        // The callbacks free every waiting caller; they must not run under the lock.
        await Continuations.CancelAsync(_lifetime).ConfigureAwait(false);
        await _exchange.DisposeAsync().ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RequestReply> ExchangeAsync(
        ReadOnlyMemory<byte> request, bool rented, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (request.Length > _maxMessageBytes)
        {
            throw new MessageTooLongException(request.Length, _maxMessageBytes);
        }

        var deadline = _deadlines.Rent();
        var disposal = _lifetime.Token.UnsafeRegister(Cancel, deadline);
        var cancellation = cancellationToken.UnsafeRegister(Cancel, deadline);
        try
        {
            return await _exchange.ExchangeAsync(request, rented, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _lifetime.IsCancellationRequested
                ? new ConnectionClosedException(CloseReason.LocalClosed, "The client was disposed.")
                : new RequestTimeoutException(
                    $"{SocketEndPoints.Describe(_remote)} did not answer within {DurationText.Of(_timeout)}.",
                    exception.InnerException);
        }
        finally
        {
            // Dispose waits for a callback that runs just now: after it nobody cancels the deadline of another request.
            cancellation.Dispose();
            disposal.Dispose();
            _deadlines.Return(deadline);
        }
    }
}

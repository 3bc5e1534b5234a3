using System.Net;
using System.Runtime.CompilerServices;

namespace Transports.Requests;

/// <summary>
/// Requests over an ordered, reliable transport: many requests on one connection, replies told by their order.
/// </summary>
/// <remarks>
/// A request stands in <see cref="_queue"/> until it is sent and then in the connection's list of those awaiting a
/// reply; standing in either holds a slot. One pump at a time moves requests from the first list to the second and
/// sends them, so that both lists and the bytes are in the same order.
/// </remarks>
internal sealed partial class PipelinedExchange(
    ITransport transport,
    EndPoint remote,
    RequestClientOptions options,
    RequestTelemetry telemetry,
    TimeProvider timeProvider,
    CancellationToken lifetime) : RequestExchange
{
    // Without boundaries two replies may come as one message: only one request at a time can be matched.
    private readonly bool _hasBoundaries = transport.Capabilities.PreservesBoundaries;

    private readonly TimeSpan _silenceTimeout =
        options.SilenceTimeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : options.SilenceTimeout;

    private readonly RequestSlots _slots = new(
        transport.Capabilities.PreservesBoundaries ? options.MaxPendingRequests : 1);

    private readonly Lock _lock = new();
    private readonly PendingRequestList _queue = new();
    private readonly Stack<PendingRequest> _pool = new();
    private readonly ReconnectBackoff _backoff = new(options, timeProvider);
    private PipelinedConnection? _connection;
    private Task _closing = Task.CompletedTask;
    private bool _pumping;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<RequestReply> ExchangeAsync(
        ReadOnlyMemory<byte> request, bool rented, CancellationToken deadline)
    {
        await WaitForSlotAsync(deadline).ConfigureAwait(false);
        var pending = Enqueue(request, rented, deadline);
        var registration = deadline.UnsafeRegister(PendingRequest.GiveUp, pending);
        try
        {
            return await pending.Completion.ConfigureAwait(false);
        }
        finally
        {
            registration.Dispose();
            Recycle(pending);
        }
    }

    /// <summary>
    /// Its deadline has passed: frees the caller, but never the request's place before a reply that may come.
    /// </summary>
    public void GiveUp(PendingRequest request)
    {
        lock (_lock)
        {
            // One that is being sent has its deadline watched by the send; one in no list is just being answered.
            if (request.IsSettled || request.IsSending || request.List is null)
            {
                return;
            }

            if (request.List == _queue)
            {
                Release(request);
            }

            request.Settle(new OperationCanceledException(request.Deadline));
        }

        EndIfUseless();
    }

    public override async ValueTask DisposeAsync()
    {
        PipelinedConnection? connection;
        lock (_lock)
        {
            connection = _connection;
        }

        End(connection, CloseReason.LocalClosed, null, abort: false);
        await _closing.ConfigureAwait(false);
    }

    private async ValueTask WaitForSlotAsync(CancellationToken deadline)
    {
        try
        {
            await _slots.WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // All slots may be held by requests that a dead peer never answers: nobody else would notice.
            EndIfUseless();
            throw;
        }

        // The slot may have come just as the deadline passed.
        if (deadline.IsCancellationRequested)
        {
            _slots.Release();
            throw new OperationCanceledException(deadline);
        }
    }

    private PendingRequest Enqueue(ReadOnlyMemory<byte> payload, bool rented, CancellationToken deadline)
    {
        PendingRequest? request;
        lock (_lock)
        {
            if (!_pool.TryPop(out request))
            {
                request = new PendingRequest(this);
            }

            request.Begin(payload, rented, deadline);
            _queue.Add(request);
            if (_pumping)
            {
                return request;
            }

            _pumping = true;
        }

        _ = PumpAsync();
        return request;
    }

    private void Recycle(PendingRequest request)
    {
        lock (_lock)
        {
            // One that was given up after it was sent stays in its list until its late reply comes: not to be reused.
            if (request.List is null)
            {
                request.Reset();
                _pool.Push(request);
            }
        }
    }

    private void Release(PendingRequest request)
    {
        request.List!.Remove(request);
        _slots.Release();
    }

    /// <summary>
    /// Ends a connection from which no reply can be expected, or none that could be told from another.
    /// </summary>
    private void EndIfUseless()
    {
        PipelinedConnection? connection;
        CloseReason reason;
        lock (_lock)
        {
            connection = _connection;
            if (!_hasBoundaries && connection?.Awaiting.First is { IsSettled: true })
            {
                reason = CloseReason.Aborted;
            }
            else if (connection is not null && connection.Silence >= _silenceTimeout)
            {
                reason = CloseReason.IdleTimeout;
            }
            else
            {
                return;
            }
        }

        End(connection, reason, null, abort: true);
    }

    /// <summary>Fails what awaits a reply at once; what was not sent yet waits for the next connection.</summary>
    private void End(PipelinedConnection? connection, CloseReason reason, Exception? error, bool abort)
    {
        int pending;
        lock (_lock)
        {
            if (connection is null || connection != _connection)
            {
                return;
            }

            _connection = null;
            if (!connection.HasAnswered)
            {
                _backoff.Failed();
            }

            pending = connection.Awaiting.Count;
            while (connection.Awaiting.First is { } request)
            {
                Release(request);
                request.Settle(new ConnectionClosedException(reason, null, error));
            }

            var closing = CloseInnerAsync(connection.Inner, abort);
            _closing = _closing.IsCompleted ? closing : Task.WhenAll(_closing, closing);
        }

        telemetry.ConnectionLost(reason, pending, error);
    }

    private async Task CloseInnerAsync(IConnection connection, bool abort)
    {
        // Not under the lock, and not on the stack, of whoever found that it has ended.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            if (abort)
            {
                connection.Abort();
            }

            await connection.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a connection throws at its end must not reach the next one's requests.
        catch (Exception exception)
        {
            telemetry.CloseFailed(exception);
        }
#pragma warning restore CA1031
    }
}

namespace Transports.Requests;

internal sealed partial class PipelinedExchange
{
    /// <summary>Sends what is queued, connecting when need be; ends when the queue is empty.</summary>
    private async Task PumpAsync()
    {
        var isCallers = true;
        while (TryTakeNext(out var connection, out var request))
        {
            if (connection is null)
            {
                await ConnectAsync().ConfigureAwait(false);
                continue;
            }

            if (!isCallers)
            {
                await SendAsync(connection, request!).ConfigureAwait(false);
                continue;
            }

            // A caller sends its own request on its own thread, but does not stay to send those of all others.
            isCallers = false;
            await SendAsync(connection, request!).ConfigureAwait(false);
            if (HasMore())
            {
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }
        }
    }

    /// <summary>False when there is nothing to do; no connection when one has to be made first.</summary>
    private bool TryTakeNext(out PipelinedConnection? connection, out PendingRequest? request)
    {
        lock (_lock)
        {
            connection = _connection;
            request = _queue.First;
            if (request is null || lifetime.IsCancellationRequested)
            {
                // Cancelled: the deadlines of all that are queued are being cancelled too.
                _pumping = false;
                return false;
            }

            if (connection is not null)
            {
                _queue.Remove(request);
                request.BeginSend();
                connection.Expect(request);
            }

            return true;
        }
    }

    private bool HasMore()
    {
        lock (_lock)
        {
            return _queue.Count > 0;
        }
    }

    /// <summary>Makes one attempt, not before the back-off allows it; requests may time out meanwhile.</summary>
    private async Task ConnectAsync()
    {
        TimeSpan delay;
        lock (_lock)
        {
            delay = _backoff.Remaining;
        }

        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, timeProvider, lifetime)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        try
        {
            var inner = await transport.ConnectAsync(remote, lifetime).ConfigureAwait(false);
            var connection = new PipelinedConnection(inner, timeProvider);
            lock (_lock)
            {
                _connection = connection;
            }

            if (lifetime.IsCancellationRequested)
            {
                End(connection, CloseReason.LocalClosed, null, abort: false);
            }
        }
#pragma warning disable CA1031 // Whatever a transport throws is why the waiting requests fail; the pump goes on.
        catch (Exception exception)
        {
            FailQueued(exception);
        }
#pragma warning restore CA1031
    }

    private void FailQueued(Exception exception)
    {
        if (lifetime.IsCancellationRequested)
        {
            return;
        }

        TimeSpan delay;
        var message = $"Cannot connect to {remote}: {exception.Message}";
        lock (_lock)
        {
            _backoff.Failed();
            delay = _backoff.Delay;
            while (_queue.First is { } request)
            {
                // One each: an exception that several callers throw is of no use to any of them.
                Release(request);
                request.Settle(new ConnectionFailedException(message, exception));
            }
        }

        telemetry.ConnectFailed(delay, exception);
    }

    private async Task SendAsync(PipelinedConnection connection, PendingRequest request)
    {
        if (!connection.HasStarted)
        {
            // The loop outlives the request that opened the connection: on the pool it carries neither its caller's
            // activity nor its context along.
            connection.HasStarted = true;
            if (!Continuations.TryQueue(opened => _ = ReceiveAsync((PipelinedConnection)opened!), connection))
            {
                ThreadPool.UnsafeQueueUserWorkItem(opened => _ = ReceiveAsync(opened), connection, preferLocal: true);
            }
        }

        try
        {
            await connection.Inner.SendAsync(request.Payload, request.Deadline).ConfigureAwait(false);
        }
        catch (Exception exception) when (WasNotSent(exception, request))
        {
            Withdraw(request, exception);
        }
#pragma warning disable CA1031 // Nobody knows how much was sent: the connection cannot be used for another request.
        catch (Exception exception)
        {
            End(connection, ReasonOf(exception), exception, abort: true);
        }
#pragma warning restore CA1031
        EndSend(request);
    }

    private void EndSend(PendingRequest request)
    {
        lock (_lock)
        {
            request.EndSend();
            if (request.IsSettled || !request.Deadline.IsCancellationRequested)
            {
                return;
            }

            // It was sent after all, while its deadline passed: as if the deadline had passed just now. Under the same
            // lock, since a request that has its reply may at once be another caller's.
            GiveUp(request);
        }
    }

    private static bool WasNotSent(Exception exception, PendingRequest request) =>
        exception is MessageTooLongException or ArgumentException
        || (exception is OperationCanceledException && request.Deadline.IsCancellationRequested);

    private static CloseReason ReasonOf(Exception exception) =>
        exception is ConnectionClosedException closed ? closed.Reason : CloseReason.TransportFailed;

    private void Withdraw(PendingRequest request, Exception exception)
    {
        lock (_lock)
        {
            if (request.List is not null)
            {
                Release(request);
                request.Settle(exception);
            }
        }
    }

    private async Task ReceiveAsync(PipelinedConnection connection)
    {
        try
        {
            ReadOnlyMemory<byte> message;
            do
            {
                message = await connection.Inner.ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
            }
            while (TryAccept(connection, message.Span));
        }
#pragma warning disable CA1031 // The loop's only way to report is the end of the connection.
        catch (Exception exception)
        {
            End(connection, ReasonOf(exception), exception, abort: exception is not ConnectionClosedException);
        }
#pragma warning restore CA1031
    }

    /// <summary>Gives a reply to the request whose turn it is; false when the connection is of no more use.</summary>
    private bool TryAccept(PipelinedConnection connection, ReadOnlySpan<byte> message)
    {
        PendingRequest? request;
        var isLate = false;
        lock (_lock)
        {
            if (connection != _connection)
            {
                return false;
            }

            request = connection.Awaiting.First;
            if (request is not null)
            {
                isLate = request.IsSettled;
                Release(request);
                connection.Answered();
                _backoff.Succeeded();
            }
        }

        if (request is null)
        {
            telemetry.UnsolicitedReply();
            End(connection, CloseReason.Aborted, null, abort: true);
            return false;
        }

        if (isLate)
        {
            telemetry.LateReply();
            return true;
        }

        // In no list, so that nobody else settles it: the copy needs no lock.
        var reply = RequestReply.Copy(message, request.Rented);
        lock (_lock)
        {
            request.Settle(reply);
        }

        return true;
    }
}

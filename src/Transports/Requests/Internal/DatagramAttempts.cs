namespace Transports.Requests;

/// <summary>One request's transmissions, and the socket that is its own.</summary>
internal sealed class DatagramAttempts(
    FreshSockets sockets,
    RetiredSockets retired,
    RequestClientOptions options,
    RequestTelemetry telemetry,
    TimeProvider timeProvider) : IAsyncDisposable
{
    private IConnection? _connection;
    private Task<ReadOnlyMemory<byte>>? _receiving;
    private TransportException? _lastError;
    private int _transmissions;

    /// <summary>How many replies may still come to the socket: each transmission may be answered.</summary>
    private int _owed;

    /// <summary>A receive may still end in an error that nobody waits for any more.</summary>
    public static void Forget(Task? receiving)
    {
        if (receiving is { IsCompletedSuccessfully: false })
        {
            _ = receiving.ContinueWith(
                static ended => ended.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    /// <summary>Sends the request again and again until a reply comes.</summary>
    /// <returns>The reply, valid until this is disposed.</returns>
    public async Task<ReadOnlyMemory<byte>> RunAsync(ReadOnlyMemory<byte> request, CancellationToken deadline)
    {
        var interval = options.RetransmitInterval;
        try
        {
            while (true)
            {
                var sentAt = timeProvider.GetTimestamp();
                await SendAsync(request, deadline).ConfigureAwait(false);
                if (await ReceiveAsync(interval, deadline).ConfigureAwait(false) is { } reply)
                {
                    return reply;
                }

                await WaitAsync(interval - timeProvider.GetElapsedTime(sentAt), deadline).ConfigureAwait(false);
                interval = interval * 2 < options.MaxRetransmitInterval ? interval * 2 : options.MaxRetransmitInterval;
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new OperationCanceledException(
                $"The request was sent {_transmissions} times.", _lastError, deadline);
        }
    }

    /// <summary>Closes the socket; one on which a reply may still come stays bound a while longer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection is not { } connection)
        {
            return;
        }

        var (receiving, owed) = (_receiving, _owed);
        (_connection, _receiving, _owed) = (null, null, 0);
        if (owed > 0)
        {
            await retired.AddAsync(connection, receiving).ConfigureAwait(false);
            return;
        }

        await connection.DisposeAsync().ConfigureAwait(false);
        Forget(receiving);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> request, CancellationToken deadline)
    {
        _connection ??= await sockets.ConnectAsync(deadline).ConfigureAwait(false);
        _transmissions++;
        _owed++;
        try
        {
            await _connection.SendAsync(request, deadline).ConfigureAwait(false);
        }
        catch (TransportException exception)
        {
            _owed--;
            if (exception is MessageTooLongException)
            {
                throw;
            }

            await FailedAsync(exception).ConfigureAwait(false);
        }
    }

    /// <summary>Null when no reply came in time, or none can come to this socket any more.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReceiveAsync(TimeSpan interval, CancellationToken deadline)
    {
        if (_connection is null)
        {
            return null;
        }

        // One receive for all transmissions: ending it at each interval might lose the reply that arrives just then.
        _receiving ??= _connection.ReceiveAsync(deadline).AsTask();
        await ((Task)_receiving).WaitAsync(interval, timeProvider, deadline)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_receiving.IsCompleted)
        {
            deadline.ThrowIfCancellationRequested();
            return null;
        }

        try
        {
            var reply = await _receiving.ConfigureAwait(false);
            _receiving = null;
            _owed--;
            return reply;
        }
        catch (TransportException exception)
        {
            await FailedAsync(exception).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>
    /// The socket reported an error, such as a port on which nobody listens yet: this transmission counts as lost, and
    /// the next one goes out in its turn.
    /// </summary>
    private async Task FailedAsync(TransportException exception)
    {
        telemetry.SendFailed(_transmissions, exception);
        _lastError = exception;
        await DisposeAsync().ConfigureAwait(false);
    }

    private async Task WaitAsync(TimeSpan delay, CancellationToken deadline)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, timeProvider, deadline).ConfigureAwait(false);
        }
    }
}

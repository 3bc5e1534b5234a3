namespace Transports.Requests;

/// <summary>One request's transmissions, and the socket that is its own.</summary>
internal sealed class DatagramAttempts(
    FreshSockets sockets,
    RequestClientOptions options,
    RequestTelemetry telemetry,
    TimeProvider timeProvider) : IAsyncDisposable
{
    private IConnection? _connection;
    private Task<ReadOnlyMemory<byte>>? _receiving;
    private TransportException? _lastError;
    private int _transmissions;

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

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync().ConfigureAwait(false);
        }

        Forget(_receiving);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> request, CancellationToken deadline)
    {
        _connection ??= await sockets.ConnectAsync(deadline).ConfigureAwait(false);
        _transmissions++;
        try
        {
            await _connection.SendAsync(request, deadline).ConfigureAwait(false);
        }
        catch (TransportException exception) when (exception is not MessageTooLongException)
        {
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
            return await _receiving.ConfigureAwait(false);
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
        var connection = _connection!;
        var receiving = _receiving;
        _connection = null;
        _receiving = null;
        await connection.DisposeAsync().ConfigureAwait(false);
        Forget(receiving);
    }

    /// <summary>A receive may still end in an error that nobody waits for any more.</summary>
    private static void Forget(Task? receiving)
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

    private async Task WaitAsync(TimeSpan delay, CancellationToken deadline)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, timeProvider, deadline).ConfigureAwait(false);
        }
    }
}

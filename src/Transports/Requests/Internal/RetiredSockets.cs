namespace Transports.Requests;

/// <summary>
/// Sockets whose request has ended although a reply may still come. Each stays bound for a while, so that nobody on
/// this machine gets its port and takes that reply for an answer; what comes is dropped and counted.
/// </summary>
internal sealed class RetiredSockets(
    RequestClientOptions options, RequestTelemetry telemetry, TimeProvider timeProvider) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Retired> _oldestFirst = new();

    /// <summary>Takes over a socket; when that is one too many, the oldest is closed.</summary>
    /// <param name="connection">Not used by anybody else any more.</param>
    /// <param name="receiving">A receive that was not waited for to its end.</param>
    public async ValueTask AddAsync(IConnection connection, Task? receiving)
    {
        var retired = new Retired(connection, new CancellationTokenSource(options.LateReplyTime, timeProvider));
        Retired? oldest = null;
        lock (_gate)
        {
            _oldestFirst.AddLast(retired.Node);
            if (_oldestFirst.Count > options.MaxLateReplySockets)
            {
                oldest = _oldestFirst.First!.Value;
                _oldestFirst.RemoveFirst();
            }
        }

        _ = DrainAsync(retired, receiving);
        if (oldest is not null)
        {
            await CloseAsync(oldest).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Retired[] all;
        lock (_gate)
        {
            all = [.. _oldestFirst];
        }

        foreach (var retired in all)
        {
            await CloseAsync(retired).ConfigureAwait(false);
        }
    }

    private static async ValueTask CloseAsync(Retired retired)
    {
        await Continuations.CancelAsync(retired.End).ConfigureAwait(false);
        await retired.Closed.Task.ConfigureAwait(false);
    }

    private async Task DrainAsync(Retired retired, Task? receiving)
    {
        try
        {
            if (receiving is not null)
            {
                // It has its request's token, which is never cancelled where another socket brought the answer.
                DatagramAttempts.Forget(receiving);
                await receiving.WaitAsync(retired.End.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (receiving.IsCompletedSuccessfully)
                {
                    telemetry.LateReply();
                }
            }

            while (true)
            {
                await retired.Connection.ReceiveAsync(retired.End.Token).ConfigureAwait(false);
                telemetry.LateReply();
            }
        }
#pragma warning disable CA1031 // Its time is over, or it is of no use any more: closed either way.
        catch (Exception)
#pragma warning restore CA1031
        {
            await CloseAndForgetAsync(retired).ConfigureAwait(false);
        }
    }

    private async Task CloseAndForgetAsync(Retired retired)
    {
        try
        {
            // Its timer, if that is still running.
            await Continuations.CancelAsync(retired.End).ConfigureAwait(false);
            await retired.Connection.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody waits for it who could do anything about it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            telemetry.CloseFailed(exception);
        }

        lock (_gate)
        {
            if (retired.Node.List is not null)
            {
                _oldestFirst.Remove(retired.Node);
            }
        }

        retired.Closed.TrySetResult();
    }

#pragma warning disable CA1001 // The token source is cancelled in the end, which ends its timer; it has no handle.
    private sealed class Retired
#pragma warning restore CA1001
    {
        public Retired(IConnection connection, CancellationTokenSource end)
        {
            (Connection, End) = (connection, end);
            Node = new LinkedListNode<Retired>(this);
        }

        public IConnection Connection { get; }

        public CancellationTokenSource End { get; }

        public LinkedListNode<Retired> Node { get; }

        public TaskCompletionSource Closed { get; } = new(Continuations.Options);
    }
}

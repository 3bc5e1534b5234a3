using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// Receives batch after batch, and hands each on where it stands. No error ends it but a channel that is gone, or a
/// defect of ours.
/// </summary>
#pragma warning disable CA1001 // The token source has neither timer nor handle: there is nothing to release.
internal sealed class ReceiveLoop(
#pragma warning restore CA1001
    DatagramChannel channel, DatagramEnvironment environment, Memory<Datagram> slots, Func<int, ValueTask> handleBatch)
{
    private readonly ReceiveFaults _faults = new(environment, channel.LocalEndPoint);
    private readonly CancellationTokenSource _receiving = new();
    private readonly TaskCompletionSource _ended = new(Continuations.Options);
    private volatile bool _closing;

    /// <summary>Ends when the loop has ended; never faults.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Starts the loop, on a thread of its own if the channel blocks.</summary>
    /// <param name="died">Called when the loop ends without having been closed.</param>
    public void Start(Action<Exception> died)
    {
        // Neither way takes the caller's execution context along: its activity is not the messages' parent.
        if (channel.BlocksOnReceive)
        {
            var thread = new Thread(() => _ = RunAsync(died))
            {
                IsBackground = true,
                Name = $"{environment.Scheme} {channel.LocalEndPoint}",
            };
            thread.UnsafeStart();
        }
        else if (!Continuations.TryQueue(_ => _ = RunAsync(died), null))
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunAsync(died), null);
        }
    }

    /// <summary>Counts an ICMP message that a send was told of instead of a receive.</summary>
    public void CountUnreachable(Exception exception) => _faults.Count(exception);

    /// <summary>Closes the channel, which ends the loop as soon as it is not in the middle of a batch.</summary>
    public async Task CloseAsync()
    {
        _closing = true;
        try
        {
            await Continuations.CancelAsync(_receiving).ConfigureAwait(false);
            await channel.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Closing never throws; a channel that cannot close is of no more use either way.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            TransportLog.ListenerDied(environment.Logger, channel.LocalEndPoint, exception);
        }
    }

    private async Task RunAsync(Action<Exception> died)
    {
        Exception? cause = null;
        try
        {
            await ReceiveAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Nobody awaits the loop: its owner is told instead.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            cause = exception;
        }

        foreach (var slot in slots.Span)
        {
            slot.ReleaseBuffer(environment.Options.BufferPool);
        }

        _ended.TrySetResult();
        if (cause is not null && !_closing)
        {
            died(cause);
        }
    }

    private async Task ReceiveAsync()
    {
        while (!_closing)
        {
            int count;
            try
            {
                count = await StayAsync(channel.ReceiveAsync(slots, _receiving.Token)).ConfigureAwait(false);
            }
            catch (Exception exception) when (!_closing && !ReceiveFaults.IsFatal(exception))
            {
                await StayAsync(_faults.FailedAsync(exception, _receiving.Token)).ConfigureAwait(false);
                continue;
            }

            _faults.Succeeded();
            await StayAsync(handleBatch(count)).ConfigureAwait(false);
        }
    }

    /// <summary>A thread of its own must not be left for one of the pool: it waits where it stands.</summary>
    private ValueTask<int> StayAsync(ValueTask<int> task) => task.IsCompleted || !channel.BlocksOnReceive
        ? task
        : new ValueTask<int>(task.AsTask().GetAwaiter().GetResult());

    private ValueTask StayAsync(ValueTask task)
    {
        if (task.IsCompleted || !channel.BlocksOnReceive)
        {
            return task;
        }

        task.AsTask().GetAwaiter().GetResult();
        return default;
    }
}

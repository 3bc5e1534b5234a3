using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// Receives batch after batch, and hands each on where it stands. No error ends it but a channel that is gone, or a
/// defect of ours.
/// </summary>
/// <remarks>
/// A channel that blocks has a thread of its own. When that gets stuck in a handler another one takes the lead and goes
/// on with the same batch, so one thread at a time receives, and the channel and the slots are that thread's.
/// </remarks>
#pragma warning disable CA1001 // The token source has neither timer nor handle: there is nothing to release.
internal sealed class ReceiveLoop(
#pragma warning restore CA1001
    DatagramChannel channel, DatagramEnvironment environment, Memory<Datagram> slots, IBatchHandler handler)
    : IWatchedLead
{
    private readonly ReceiveFaults _faults = new(environment, channel.LocalEndPoint);
    private readonly CancellationTokenSource _receiving = new();
    private readonly TaskCompletionSource _ended = new(Continuations.Options);
    private LeaderThreads? _threads;
    private Action<Exception>? _died;
    private volatile bool _closing;

    /// <summary>Ends when the loop has ended; never faults.</summary>
    public Task Ended => _ended.Task;

    long IWatchedLead.Dispatching => handler.Dispatching;

    /// <summary>Starts the loop, on a thread of its own if the channel blocks.</summary>
    /// <param name="died">Called when the loop ends without having been closed.</param>
    public void Start(Action<Exception> died)
    {
        _died = died;

        // Neither way takes the caller's execution context along: its activity is not the messages' parent.
        if (channel.BlocksOnReceive)
        {
            _threads = new LeaderThreads($"{environment.Scheme} {channel.LocalEndPoint}", () => _ = RunAsync());
            StuckLeaderWatchdog.Shared.Watch(this);
            _threads.Promote();
        }
        else if (!Continuations.TryQueue(_ => _ = RunAsync(), null))
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunAsync(), null);
        }
    }

    void IWatchedLead.HandOnLead(long dispatch)
    {
        if (handler.TryTakeLead(dispatch))
        {
            _threads!.Promote();
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

    private async Task RunAsync()
    {
        if (_ended.Task.IsCompleted)
        {
            // A thread to spare that is let through only in order to end.
            return;
        }

        Exception? cause = null;
        try
        {
            if (!await ReceiveAsync().ConfigureAwait(false))
            {
                return;
            }
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
        if (_threads is not null)
        {
            StuckLeaderWatchdog.Shared.Unwatch(this);
            _threads.End();
        }

        if (cause is not null && !_closing)
        {
            _died!(cause);
        }
    }

    /// <summary>False when the lead was lost: the loop goes on, but not here.</summary>
    private async Task<bool> ReceiveAsync()
    {
        var leads = await StayAsync(handler.ResumeAsync()).ConfigureAwait(false);
        while (leads && !_closing)
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
            leads = await StayAsync(handler.HandleAsync(count)).ConfigureAwait(false);
        }

        return leads;
    }

    /// <summary>A thread of its own must not be left for one of the pool: it waits where it stands.</summary>
    private ValueTask<T> StayAsync<T>(ValueTask<T> task) => task.IsCompleted || !channel.BlocksOnReceive
        ? task
        : new ValueTask<T>(task.AsTask().GetAwaiter().GetResult());

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

using Transports.Diagnostics;

namespace Transports;

/// <content>One batch: what is dropped, what is handled, and how a handler ends.</content>
internal sealed partial class DatagramDispatcher
{
    /// <summary>Handles the first slots of the batch, or drops them when nothing is taken any more.</summary>
    /// <returns>
    /// Ends when the replies that were made meanwhile have been sent: false when another thread goes on.
    /// </returns>
    public ValueTask<bool> HandleAsync(int count)
    {
        // Counted before the flag is read, as StopTaking sets the flag before it reads the count.
        Interlocked.Increment(ref _active);
        _isDispatching = true;
        (_next, _count) = (0, count);
        if (_stopping)
        {
            DropAll(DropReason.Stopping);
        }
        else if (_isShedding)
        {
            DropAll(DropReason.Overloaded);
        }
        else
        {
            _guard.BeginBatch();
            _isObserved = TransportMetrics.HandlerDurationEnabled || TransportTracing.Enabled;
        }

        return HandleRestAsync();
    }

    private ValueTask<bool> HandleRestAsync()
    {
        var lead = _lead;
        _context.Collect(_sender.Replies, lead);
        while (_next < _count)
        {
            var datagram = _slots[_next];
            if (ShouldDrop(datagram) is { } reason)
            {
                _next++;
                _drops.Drop(reason);
                continue;
            }

            _messages++;
            _bytes += datagram.Length;
            if (!Handle(_next++, lead))
            {
                return new ValueTask<bool>(false);
            }
        }

        Environment.Metrics.Received(_messages, _bytes);
        (_messages, _bytes) = (0, 0);
        _isDispatching = false;
        var flush = _sender.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            return FinishBatchAsync(flush);
        }

        Leave();
        return new ValueTask<bool>(true);
    }

    private async ValueTask<bool> FinishBatchAsync(ValueTask flush)
    {
        await flush.ConfigureAwait(false);
        Leave();
        return true;
    }

    private void DropAll(DropReason reason)
    {
        while (_next < _count)
        {
            _next++;
            _drops.Drop(reason);
        }
    }

    private DropReason? ShouldDrop(Datagram datagram) => datagram switch
    {
        _ when _abort.IsCancellationRequested => DropReason.Stopping,
        { IsTruncated: true } => DropReason.Truncated,
        _ when datagram.Length > Environment.Options.MaxMessageBytes => DropReason.TooLong,
        _ when _guard.Judge(datagram.Address) is { } reason => reason,
        _ when Active >= _maxActive => DropReason.Overloaded,
        _ => null,
    };

    /// <summary>False when the lead was taken meanwhile: from then on all this is another thread's.</summary>
    private bool Handle(int index, Lead lead)
    {
        var context = _context;
        _sender.Mark();
        lead.Begin();
        var handling = Call(context, _slots[index], out var hasEnded);
        if (!lead.TryEnd())
        {
            _ = FinishStuckAsync(context, context.StopCollecting(), handling);
            return false;
        }

        // As it was on the call's return: one that ends just now, elsewhere, may be sending yet.
        if (!hasEnded)
        {
            Park(index, lead, handling);
        }
        else if (handling.IsCompletedSuccessfully)
        {
            Finish(context, fault: null);
        }
        else
        {
            _sender.DropMarked();
            Finish(context, handling.AsTask().Exception!.InnerException);
        }

        return true;
    }

    /// <summary>Calls the handler. Whatever it throws, at once or later, stays with its message.</summary>
    private ValueTask Call(DatagramContext context, Datagram datagram, out bool hasEnded)
    {
        hasEnded = true;
        try
        {
            context.Begin(datagram, _isObserved);
            var handling = _handler.HandleAsync(context, _abort.Token);
            if (!handling.IsCompleted)
            {
                hasEnded = false;
                return handling;
            }

            handling.GetAwaiter().GetResult();
            return default;
        }
#pragma warning disable CA1031 // It becomes the result.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return ValueTask.FromException(exception);
        }
    }

    private ValueTask CollectAsync(DatagramContext context, ReplyBatch replies, Datagram message)
    {
        replies.Add(message);
        if (!replies.IsFull)
        {
            return default;
        }

        // What others replied may leave from here only as long as nobody else can be at it.
        var lead = context.Lead!;
        if (!lead.TryEnd())
        {
            // Another thread leads. This batch leaves, which may take a while, and nothing is collected after it.
            context.StopCollecting();
            return _sender.FlushMarkedAsync(replies);
        }

        try
        {
            return _sender.FlushAsync();
        }
        finally
        {
            // Whatever happened: this thread leads on.
            _sender.Mark();
            context.Collect(_sender.Replies, lead);
            lead.Begin();
        }
    }

    private void Park(int index, Lead lead, ValueTask handling)
    {
        var context = _context;
        context.StopCollecting()!.LeaveArenaIfReserved();
        Replace(index);
        _context.Collect(_sender.Replies, lead);
        Interlocked.Increment(ref _active);
        context.FinishLater(handling);
    }

    private void Finish(DatagramContext context, Exception? fault)
    {
        // One that was abandoned may well say that it was cancelled.
        if (fault is not null && !(fault is OperationCanceledException && _abort.IsCancellationRequested))
        {
            Environment.Metrics.MessageDropped(DropReason.HandlerFaulted);
            TransportLog.HandlerFaulted(Environment.Logger, IdOf(context.Remote), fault);
        }

        context.End(fault);
    }
}

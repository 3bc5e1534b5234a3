using Transports.Diagnostics;

namespace Transports;

/// <content>One batch: what is dropped, what is handled, and how a handler ends.</content>
internal sealed partial class DatagramDispatcher
{
    private void Dispatch(int count)
    {
        long messages = 0;
        _guard.BeginBatch();
        long bytes = 0;
        for (var index = 0; index < count; index++)
        {
            var datagram = _slots[index];
            if (ShouldDrop(datagram) is { } reason)
            {
                _drops.Drop(reason);
                continue;
            }

            messages++;
            bytes += datagram.Length;
            Handle(index);
        }

        Environment.Metrics.Received(messages, bytes);
    }

    private DropReason? ShouldDrop(Datagram datagram) => datagram switch
    {
        { IsTruncated: true } => DropReason.Truncated,
        _ when datagram.Length > Environment.Options.MaxMessageBytes => DropReason.TooLong,
        _ when _guard.Judge(datagram.Address) is { } reason => reason,
        _ when Active >= _maxActive => DropReason.Overloaded,
        _ => null,
    };

    private void Handle(int index)
    {
        var context = _contexts[index];
        _sender.Mark();
        _current = context;
        var handling = Call(context);
        _current = null;
        if (!handling.IsCompleted)
        {
            Park(index, handling);
            return;
        }

        Exception? fault = null;
        try
        {
            handling.GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever the handler throws stays with its message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            fault = exception;
            _sender.DropCollected();
        }

        Finish(context, fault);
    }

    private ValueTask Call(DatagramContext context)
    {
        try
        {
            context.Begin();
            return _handler.HandleAsync(context, _abort.Token);
        }
#pragma warning disable CA1031 // What is thrown at once is no other fault than what is thrown later.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return ValueTask.FromException(exception);
        }
    }

    /// <summary>The context keeps its slot until the handler ends; the batch gets a fresh one in its place.</summary>
    private void Park(int index, ValueTask handling)
    {
        var context = _contexts[index];
        Prepare(index);
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

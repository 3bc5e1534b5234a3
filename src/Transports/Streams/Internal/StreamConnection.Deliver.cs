using System.Runtime.CompilerServices;
using Transports.Diagnostics;
using Transports.Framing;

namespace Transports;

/// <summary>What becomes of the bytes that one receive brought.</summary>
internal sealed partial class StreamConnection
{
    /// <summary>What was received there; valid until the next receive.</summary>
    public ReadOnlyMemory<byte> Received(int start, int length) => _input.Slice(start, length);

    /// <summary>
    /// Delivers every whole message there is, then sends the replies to all of them at once, and closes if it must. No
    /// state machine as long as nothing waits.
    /// </summary>
    private ValueTask DeliverAllAsync(int bytes)
    {
        _input.Received(bytes);
        _lastCount = bytes;
        _sawEndOfStream = bytes == 0;
        Volatile.Write(ref _isBusy, true);
        _reply.BeginBatch(_input.Unread.Length);
        var messages = 0;
        return DeliverReady(ref messages, out var result, out var waiting)
            ? EndBatch(messages, bytes, result)
            : DeliverRestAsync(waiting, messages, bytes);
    }

    /// <summary>
    /// Delivers one message after the other until there is none, the connection must end, or a delivery waits. A queue
    /// that is full stops the receiving, and that slows the peer down.
    /// </summary>
    /// <returns>
    /// False when a delivery waits. It may have ended by the time that this returns, so it cannot be asked again.
    /// </returns>
    private bool DeliverReady(ref int messages, out CloseReason? result, out ValueTask<bool> waiting)
    {
        var isMeasured = TransportMetrics.HandlerDurationEnabled || TransportTracing.Enabled;
        Volatile.Write(ref _isHandling, _context is not null);
        while (TryRead(out var frame, out result))
        {
            messages++;
            var start = _input.Consume(frame.TotalLength) + frame.PayloadOffset;
            var length = (int)frame.PayloadLength;
            var delivery = _received is not null ? _received.EnqueueAsync(Received(start, length))
                : isMeasured ? HandleObservedAsync(start, length)
                : HandleAsync(start, length);
            if (!delivery.IsCompletedSuccessfully)
            {
                waiting = delivery;
                return false;
            }

            if (!delivery.Result)
            {
                result = CloseReason.HandlerFaulted;
                break;
            }
        }

        Volatile.Write(ref _isHandling, false);
        waiting = default;
        return true;
    }

    /// <summary>
    /// The handler waits. What is ready leaves now; the rest of the batch goes on when it has ended.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DeliverRestAsync(ValueTask<bool> waiting, int messages, int bytes)
    {
        CloseReason? result;
        do
        {
            await _reply.EndBatch(handlerIsRunning: true).ConfigureAwait(false);
            var isHandled = await waiting.ConfigureAwait(false);
            Volatile.Write(ref _isHandling, false);
            _reply.BeginBatch(_input.Unread.Length);
            if (!isHandled)
            {
                result = CloseReason.HandlerFaulted;
                break;
            }
        }
        while (!DeliverReady(ref messages, out result, out waiting));

        await EndBatch(messages, bytes, result).ConfigureAwait(false);
    }

    private ValueTask EndBatch(int messages, int bytes, CloseReason? result)
    {
        _environment.Metrics.Received(messages, bytes);
        var sending = _reply.EndBatch(handlerIsRunning: false);
        if (!sending.IsCompletedSuccessfully)
        {
            return EndBatchAsync(sending, bytes, result);
        }

        OnBatchEnded(bytes, result);
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EndBatchAsync(ValueTask sending, int bytes, CloseReason? result)
    {
        await sending.ConfigureAwait(false);
        OnBatchEnded(bytes, result);
    }

    private void OnBatchEnded(int bytes, CloseReason? result)
    {
        Touch();
        NoteUnfinished(bytes);
        Volatile.Write(ref _isBusy, false);
        if ((result ?? WhyStop()) is { } reason)
        {
            TryClose(reason);
        }
    }

    private CloseReason? WhyStop() =>
        _sawEndOfStream ? CloseReason.RemoteClosed
        : IsStopping ? (CloseReason)_stopReason
        : null;

    /// <summary>Finds the next message; false when there is none yet, or when the connection must end.</summary>
    private bool TryRead(out MessageFrame frame, out CloseReason? reason)
    {
        (frame, reason) = (default, null);
        if (IsClosing)
        {
            reason = CloseReason.LocalClosed;
            return false;
        }

        var unread = _input.Unread;
        if (unread.IsEmpty)
        {
            return false;
        }

        var status = _environment.Framing.Read(
            unread, _sawEndOfStream, _environment.MaxMessageBytes, ref _examined, out frame);
        (_examined, _expected) = status == FrameStatus.Message ? (0, 0) : (_examined, frame.TotalLength);
        reason = status switch
        {
            FrameStatus.MessageTooLong => CloseReason.MessageTooLong,
            FrameStatus.Malformed => CloseReason.MalformedMessage,
            FrameStatus.NeedMoreData when _sawEndOfStream => CloseReason.MalformedMessage,
            _ => null,
        };
        return status == FrameStatus.Message;
    }
}

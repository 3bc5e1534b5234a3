namespace Transports;

/// <summary>
/// What one connection has to send. One send is in flight at a time; what comes meanwhile is gathered and leaves
/// together in the next. Whoever finds no send in flight sends on its own thread: there is no hop and no queue to wake.
/// </summary>
internal sealed class StreamOutput(StreamConnection connection, StreamEnvironment environment)
{
    // As a byte, beside the flags: every idle connection holds one of these.
    private const byte StillOpen = byte.MaxValue;

    private byte[] _queued = [];
    private int _queuedLength;
    private int _queuedMessages;
    private int _inFlight;
    private bool _sending;
    private byte _closed = StillOpen;
    private bool _isDiscarded;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _flushed;
    private PendingSend? _pending;

    /// <summary>Guards everything here, and the reply writer where its handler has left the receiving thread.</summary>
    /// <remarks>The monitor of an object that is there already: a lock would be one more a connection.</remarks>
    public object Gate => this;

    /// <summary>No new message is taken; what was committed before still leaves.</summary>
    public bool IsClosed => _closed != StillOpen;

    private bool IsAboveMark => _inFlight + _queuedLength > environment.Options.OutputHighWaterBytes;

    /// <summary>Frames and sends one message; waits first while the output is above its high-water mark.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            ThrowIfClosed();
            if (!IsAboveMark)
            {
                FrameWriter.Append(environment.Framing, environment.Pool, ref _queued, ref _queuedLength, message.Span);
                _queuedMessages++;
                if (_sending)
                {
                    return default;
                }

                _sending = true;
            }
            else
            {
                return SendWhenRoomAsync(message, cancellationToken);
            }
        }

        SendQueued();
        return default;
    }

    /// <summary>Sends a rented buffer of framed messages, which it takes over.</summary>
    /// <returns>Ends when the output is below its high-water mark again.</returns>
    public ValueTask SendFramedAsync(byte[] buffer, int length, int messages, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (_isDiscarded || _sending)
            {
                QueueFramed(buffer.AsSpan(0, length), messages);
                environment.Pool.Return(buffer);
                return IsAboveMark ? WaitForRoomAsync(cancellationToken) : default;
            }

            _sending = true;
            _inFlight = length;
        }

        Send(buffer, length, messages);
        return Volatile.Read(ref _inFlight) > environment.Options.OutputHighWaterBytes
            ? WaitForRoomAsync(cancellationToken)
            : default;
    }

    /// <summary>Queues framed messages. The caller holds the gate, and calls <see cref="Flush"/> without it.</summary>
    public void QueueFramed(ReadOnlySpan<byte> framed, int messages)
    {
        if (!_isDiscarded)
        {
            FrameWriter.Reserve(environment.Pool, ref _queued, _queuedLength, _queuedLength + framed.Length);
            framed.CopyTo(_queued.AsSpan(_queuedLength));
            _queuedLength += framed.Length;
            _queuedMessages += messages;
        }
    }

    /// <summary>Sends what is queued, unless somebody is sending already.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            if (_sending || _queuedLength == 0)
            {
                return;
            }

            _sending = true;
        }

        SendQueued();
    }

    /// <summary>Ends when the output is below its high-water mark, or closed.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task room;
            lock (Gate)
            {
                if (IsClosed || !IsAboveMark)
                {
                    return;
                }

                _room ??= new TaskCompletionSource(Continuations.Options);
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ends when no send is in flight; once this is closed and flushed, or discarded, none will be from then on.
    /// </summary>
    public Task WhenNoneIsInFlightAsync()
    {
        lock (Gate)
        {
            if (!_sending)
            {
                return Task.CompletedTask;
            }

            _flushed ??= new TaskCompletionSource(Continuations.Options);
            return _flushed.Task;
        }
    }

    /// <summary>Takes nothing more: senders get <see cref="ConnectionClosedException"/>.</summary>
    public void Close(CloseReason reason)
    {
        TaskCompletionSource? room;
        lock (Gate)
        {
            _closed = IsClosed ? _closed : (byte)reason;
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
    }

    /// <summary>Drops what is queued. The stream has been aborted, so a send in flight ends by itself.</summary>
    public void Discard(CloseReason reason)
    {
        Close(reason);
        _pending?.Dispose();
        lock (Gate)
        {
            _isDiscarded = true;
            DropQueued();
        }
    }

    /// <summary>A send that had to wait has ended: what was queued meanwhile leaves.</summary>
    public void EndPending(ValueTask send, byte[] buffer)
    {
        try
        {
            send.GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // whatever a stream throws ends this connection and nothing else
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception, buffer);
            return;
        }

        environment.Pool.Return(buffer);
        SendQueued();
    }

    public void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw new ConnectionClosedException((CloseReason)_closed);
        }
    }

    private async ValueTask SendWhenRoomAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        await SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    private void SendQueued()
    {
        if (TakeQueued(out var buffer, out var length, out var messages))
        {
            Send(buffer, length, messages);
        }
    }

    /// <summary>
    /// Sends, on this thread as long as the stream takes it at once. The caller has set the sending flag.
    /// </summary>
    private void Send(byte[] buffer, int length, int messages)
    {
        do
        {
            environment.Metrics.Sent(messages, length);
            ValueTask send;
            try
            {
                send = connection.Stream.SendAsync(buffer.AsMemory(0, length));
                if (!send.IsCompleted)
                {
                    _pending ??= new PendingSend(this, connection, environment);
                    _pending.Await(send, buffer);
                    return;
                }

                send.GetAwaiter().GetResult();
            }
#pragma warning disable CA1031 // whatever a stream throws ends this connection and nothing else
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Fail(exception, buffer);
                return;
            }

            environment.Pool.Return(buffer);
        }
        while (TakeQueued(out buffer, out length, out messages));
    }

    /// <summary>Takes what was queued as the next send; when there is nothing, sending has ended.</summary>
    private bool TakeQueued(out byte[] buffer, out int length, out int messages)
    {
        TaskCompletionSource? room = null;
        TaskCompletionSource? flushed = null;
        lock (Gate)
        {
            (buffer, length, messages) = (_queued, _queuedLength, _queuedMessages);
            (_queued, _queuedLength, _queuedMessages) = ([], 0, 0);
            _inFlight = length;
            _sending = length > 0;
            if (!IsAboveMark)
            {
                (room, _room) = (_room, null);
            }

            if (!_sending)
            {
                FrameWriter.Release(environment.Pool, ref buffer);
                (flushed, _flushed) = (_flushed, null);
            }
        }

        room?.TrySetResult();
        flushed?.TrySetResult();
        return length > 0;
    }

    private void Fail(Exception exception, byte[] buffer)
    {
        environment.Pool.Return(buffer);
        TaskCompletionSource? flushed;
        lock (Gate)
        {
            DropQueued();
            (_sending, _inFlight) = (false, 0);
            (flushed, _flushed) = (_flushed, null);
        }

        connection.OnStreamFailed(exception);
        flushed?.TrySetResult();
    }

    private void DropQueued()
    {
        FrameWriter.Release(environment.Pool, ref _queued);
        (_queuedLength, _queuedMessages) = (0, 0);
    }
}

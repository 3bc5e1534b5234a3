namespace Transports;

/// <summary>
/// What one connection has to send. One send is in flight at a time; what comes meanwhile is gathered and leaves
/// together in the next. Whoever finds no send in flight sends on its own thread: there is no hop and no queue to wake.
/// </summary>
internal sealed partial class StreamOutput(StreamConnection connection)
{
    // Bytes, beside the flags: every idle connection holds one of these.
    private const byte StillOpen = byte.MaxValue;

    /// <summary>Nothing is being sent, and nothing is queued.</summary>
    private const byte Idle = 0;

    /// <summary>A send is in flight, and nobody has asked for anything to follow it.</summary>
    private const byte Sending = 1;

    /// <summary>A send is in flight, and what is queued behind it or waits for its end is to be looked at.</summary>
    private const byte Followed = 2;

    private byte[] _queued = [];
    private int _queuedLength;
    private int _queuedMessages;
    private int _inFlight;
    private byte _state;
    private byte _closed = StillOpen;
    private bool _isDiscarded;
    private TaskCompletionSource? _progress;
    private PendingSend? _pending;

    /// <summary>
    /// Guards what is queued and who waits, and the reply writer where its handler has left the receiving thread. A
    /// send that nothing follows begins and ends without it: each is one exchange of the state.
    /// </summary>
    /// <remarks>The monitor of an object that is there already: a lock would be one more a connection.</remarks>
    public object Gate => this;

    /// <summary>No new message is taken; what was committed before still leaves.</summary>
    public bool IsClosed => _closed != StillOpen;

    /// <summary>No field for what the connection has: idle, that is most of what it is.</summary>
    public StreamEnvironment Environment => connection.Environment;

    private bool IsAboveMark => _inFlight + _queuedLength > Environment.OutputHighWaterBytes;

    /// <summary>Frames and sends one message; waits first while the output is above its high-water mark.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            ThrowIfClosed();
            if (IsAboveMark)
            {
                return SendWhenRoomAsync(message, cancellationToken);
            }

            FrameWriter.Append(Environment.Framing, Environment.Pool, ref _queued, ref _queuedLength, message.Span);
            _queuedMessages++;
            if (!TryBeginOrFollow())
            {
                return default;
            }
        }

        SendQueued();
        return default;
    }

    /// <summary>Sends a rented buffer of framed messages, which it takes over.</summary>
    /// <returns>Ends when the output is below its high-water mark again.</returns>
    public ValueTask SendFramedAsync(byte[] buffer, int length, int messages, CancellationToken cancellationToken)
    {
        if (!TryBegin())
        {
            QueueAndSend(buffer.AsSpan(0, length), messages);
            Environment.Pool.Return(buffer);
        }
        else if (Volatile.Read(ref _isDiscarded))
        {
            Environment.Pool.Return(buffer);
            EndSending();
        }
        else
        {
            _inFlight = length;
            Environment.Metrics.Sent(messages, length);
            Send(buffer, length);
        }

        return IsAboveMark ? WaitForRoomAsync(cancellationToken) : default;
    }

    /// <summary>Queues framed messages. The caller holds the gate.</summary>
    /// <returns>Whether a send has begun: then the caller calls <see cref="SendQueued"/>, without the gate.</returns>
    public bool Queue(ReadOnlySpan<byte> framed, int messages)
    {
        if (_isDiscarded)
        {
            return false;
        }

        FrameWriter.Reserve(Environment.Pool, ref _queued, _queuedLength, _queuedLength + framed.Length);
        framed.CopyTo(_queued.AsSpan(_queuedLength));
        _queuedLength += framed.Length;
        _queuedMessages += messages;
        return TryBeginOrFollow();
    }

    /// <summary>Ends when the output is below its high-water mark, or closed.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) =>
        WaitWhileAsync(static output => output.IsAboveMark && !output.IsClosed, cancellationToken);

    /// <summary>
    /// Ends when no send is in flight, and so nothing queued; once this is closed or discarded, none will be from then
    /// on.
    /// </summary>
    public ValueTask WhenNoneIsInFlightAsync() =>
        WaitWhileAsync(static output => Volatile.Read(ref output._state) != Idle, CancellationToken.None);

    /// <summary>Takes nothing more: senders get <see cref="ConnectionClosedException"/>.</summary>
    public void Close(CloseReason reason)
    {
        TaskCompletionSource? progress;
        lock (Gate)
        {
            _closed = IsClosed ? _closed : (byte)reason;
            progress = TakeProgress();
        }

        progress?.TrySetResult();
    }

    /// <summary>Drops what is queued. The stream has been aborted, so a send in flight ends by itself.</summary>
    public void Discard(CloseReason reason)
    {
        Close(reason);
        _pending?.Dispose();

        // A full fence: a send that begins without the gate either sees this or is seen by whoever waits for its end.
        Interlocked.Exchange(ref _isDiscarded, true);
        lock (Gate)
        {
            DropQueued();
        }
    }

    public void ThrowIfClosed()
    {
        if (IsClosed)
        {
            throw new ConnectionClosedException((CloseReason)_closed);
        }
    }

    /// <summary>Looks again when a send has ended or this was closed: few ever wait, so they share a signal.</summary>
    private async ValueTask WaitWhileAsync(Func<StreamOutput, bool> isSo, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task progress;
            lock (Gate)
            {
                if (!isSo(this))
                {
                    return;
                }

                _progress ??= new TaskCompletionSource(Continuations.Options);
                if (!TryFollow())
                {
                    // The send has just ended, and nobody would tell: look again.
                    continue;
                }

                progress = _progress.Task;
            }

            await progress.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whom to wake, once out of the gate, because something has changed.</summary>
    private TaskCompletionSource? TakeProgress()
    {
        var progress = _progress;
        _progress = null;
        return progress;
    }

    private bool TryBegin() => Interlocked.CompareExchange(ref _state, Sending, Idle) == Idle;

    /// <summary>The caller holds the gate. False when no send is in flight that could be followed.</summary>
    private bool TryFollow() => Interlocked.CompareExchange(ref _state, Followed, Sending) != Idle;

    /// <summary>The caller holds the gate. Begins a send, or lets the one in flight be followed.</summary>
    private bool TryBeginOrFollow()
    {
        var begun = TryBegin();
        while (!begun && !TryFollow())
        {
            begun = TryBegin();
        }

        return begun;
    }

    private async ValueTask SendWhenRoomAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        await SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    private void DropQueued()
    {
        FrameWriter.Release(Environment.Pool, ref _queued);
        (_queuedLength, _queuedMessages) = (0, 0);
    }
}

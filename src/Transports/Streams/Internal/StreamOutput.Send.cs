namespace Transports;

/// <summary>The send in flight: how it is begun, how it ends, and what follows it.</summary>
internal sealed partial class StreamOutput
{
    /// <summary>A send that had to wait has ended: what was queued meanwhile leaves.</summary>
    public void EndPending(ValueTask send, byte[] buffer)
    {
        if (TryEnd(send, buffer) && !TryGoIdle())
        {
            SendQueued();
        }
    }

    /// <summary>What the stream had gathered was tried: it has failed, or some of it is left, or none.</summary>
    public void EndGathered(byte[] rest, Exception? error)
    {
        try
        {
            if (error is not null)
            {
                Fail(error, []);
            }
            else if (rest.Length > 0)
            {
                var buffer = Environment.Pool.Rent(rest.Length);
                rest.CopyTo(buffer, 0);
                Send(buffer, rest.Length);
            }
            else if (!TryGoIdle())
            {
                SendQueued();
            }
        }
#pragma warning disable CA1031 // the sends of others end after this one: whatever it is ends this connection alone
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(exception, []);
        }
    }

    /// <summary>Sends what is queued. The caller has begun the send, and does not hold the gate.</summary>
    public void SendQueued()
    {
        if (TakeQueued(out var buffer, out var length))
        {
            Send(buffer, length);
        }
    }

    private void QueueAndSend(ReadOnlySpan<byte> framed, int messages)
    {
        bool begun;
        lock (Gate)
        {
            begun = Queue(framed, messages);
        }

        if (begun)
        {
            SendQueued();
        }
    }

    /// <summary>Sends, on this thread as long as the stream takes it at once. The caller has begun the send.</summary>
    private void Send(byte[] buffer, int length)
    {
        ValueTask send;
        do
        {
            if (length <= Environment.OutputHighWaterBytes
                && connection.Stream.TryGather(buffer.AsSpan(0, length), this))
            {
                Environment.Pool.Return(buffer);
                return;
            }

            try
            {
                send = connection.Stream.SendAsync(buffer.AsMemory(0, length));
                if (!send.IsCompleted)
                {
                    _pending ??= new PendingSend(this, connection, Environment);
                    _pending.Await(send, buffer);
                    return;
                }
            }
#pragma warning disable CA1031 // thrown at once or later: the same
            catch (Exception exception)
#pragma warning restore CA1031
            {
                send = ValueTask.FromException(exception);
            }
        }
        while (TryEnd(send, buffer) && !TryGoIdle() && TakeQueued(out buffer, out length));
    }

    /// <summary>False when the send has failed, and with it the connection.</summary>
    private bool TryEnd(ValueTask send, byte[] buffer)
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
            return false;
        }

        Environment.Pool.Return(buffer);
        return true;
    }

    /// <summary>Ends sending, if nothing is to follow. Before anybody can see that, no bytes are in flight.</summary>
    private bool TryGoIdle()
    {
        Volatile.Write(ref _inFlight, 0);
        return Interlocked.CompareExchange(ref _state, Idle, Sending) == Sending;
    }

    /// <summary>Takes what was queued as the next send; when there is nothing, sending has ended.</summary>
    private bool TakeQueued(out byte[] buffer, out int length)
    {
        int messages;
        TaskCompletionSource? progress;
        lock (Gate)
        {
            (buffer, length, messages) = (_queued, _queuedLength, _queuedMessages);
            (_queued, _queuedLength, _queuedMessages) = ([], 0, 0);
            _inFlight = length;
            progress = length > 0 && IsAboveMark ? null : TakeProgress();
            if (length == 0)
            {
                FrameWriter.Release(Environment.Pool, ref buffer);
            }

            Volatile.Write(ref _state, length == 0 ? Idle : _progress is null ? Sending : Followed);
        }

        progress?.TrySetResult();
        if (length == 0)
        {
            return false;
        }

        Environment.Metrics.Sent(messages, length);
        return true;
    }

    private void Fail(Exception exception, byte[] buffer)
    {
        FrameWriter.Release(Environment.Pool, ref buffer);
        lock (Gate)
        {
            DropQueued();
            _inFlight = 0;
        }

        try
        {
            // This wakes who waits for room, before any code of the user's runs.
            connection.OnStreamFailed(exception);
        }
        finally
        {
            EndSending();
        }
    }

    /// <summary>Only now may the stream be released: it was aborted before.</summary>
    private void EndSending()
    {
        TaskCompletionSource? progress;
        lock (Gate)
        {
            Volatile.Write(ref _state, Idle);
            progress = TakeProgress();
        }

        progress?.TrySetResult();
    }
}

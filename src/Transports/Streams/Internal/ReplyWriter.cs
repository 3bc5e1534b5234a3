namespace Transports;

/// <summary>Writes the replies of one connection's handler in place, in the buffer that will be sent.</summary>
/// <remarks>
/// While the handler runs on the thread that received the message, nobody else comes near this buffer and nothing is
/// locked: all replies to what one receive brought leave in one send. A handler that waits leaves that thread: the
/// receive loop then sends what was committed (<see cref="EndBatch"/>), and from there on every commit is made under
/// the output's gate and sent at once. The bytes of a message in progress belong to the handler alone throughout.
/// </remarks>
internal sealed class ReplyWriter(StreamOutput output) : MessageWriter
{
    // What framing may add to a batch of short messages beyond what framed them on their way here.
    private const int SmallestMargin = 64;

    private byte[] _buffer = [];
    private int _taken;
    private int _committed;
    private int _messages;
    private int _payloadStart;
    private int _written;
    private bool _inMessage;
    private bool _isUsable;
    private Thread? _batchThread;
    private int _expected;

    /// <summary>Where the replies go.</summary>
    public StreamOutput Output => output;

    /// <summary>A message is being handled.</summary>
    public bool IsUsable => _isUsable;

    private StreamEnvironment Environment => output.Environment;

    // Asked for each reply: comparing the threads themselves is a load, where asking for their numbers is a call.
    private bool IsOnBatchThread => _batchThread == Thread.CurrentThread;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_written, _buffer.Length - _written - Environment.MaxTrailerBytes);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_written, _buffer.Length - _written - Environment.MaxTrailerBytes);
    }

    public override void Advance(int count)
    {
        ThrowIfUnusable();
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            count, _inMessage ? _buffer.Length - _written - Environment.MaxTrailerBytes : 0);
        _written += count;
    }

    public override ValueTask SendAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfUnusable();
        if (!_inMessage)
        {
            Reserve(0);
        }

        var environment = Environment;
        Check(environment);
        if (IsOnBatchThread)
        {
            Commit(environment);
            return _committed > environment.OutputHighWaterBytes
                ? SendBatchAsync(cancellationToken)
                : default;
        }

        bool begun;
        lock (output.Gate)
        {
            Commit(environment);
            begun = QueueCommitted();

            // Begin anew: a handler that replies for ever must not make the buffer hold all that it ever said.
            (_taken, _committed) = (0, 0);
        }

        if (begun)
        {
            output.SendQueued();
        }

        return output.WaitForRoomAsync(cancellationToken);
    }

    /// <summary>Sends a message in its place among the replies, if this is the thread that handles the batch.</summary>
    public bool TrySend(ReadOnlySpan<byte> message, CancellationToken cancellationToken, out ValueTask sent)
    {
        sent = default;
        if (!IsOnBatchThread || _inMessage || output.IsClosed)
        {
            return false;
        }

        FrameWriter.Append(Environment.Framing, Environment.Pool, ref _buffer, ref _committed, message);
        _messages++;
        if (_committed > Environment.OutputHighWaterBytes)
        {
            sent = SendBatchAsync(cancellationToken);
        }

        return true;
    }

    /// <summary>The receive loop is about to hand messages to the handler, on this thread.</summary>
    /// <param name="bytes">How much was received: replies are most often about as long as what they answer.</param>
    public void BeginBatch(int bytes)
    {
        // What a handler committed elsewhere has been taken out already.
        (_taken, _committed, _messages) = (0, 0, 0);
        _expected = bytes;
        _batchThread = Thread.CurrentThread;
    }

    /// <summary>
    /// The receive loop has its thread back. Whether the handler has ended or waits elsewhere makes no difference here:
    /// what is committed is taken out and sent.
    /// </summary>
    public ValueTask EndBatch(bool handlerIsRunning)
    {
        if (!handlerIsRunning)
        {
            _batchThread = null;
            return _committed > 0 ? SendBatchAsync(CancellationToken.None) : Release();
        }

        bool begun;
        lock (output.Gate)
        {
            _batchThread = null;
            begun = QueueCommitted();
        }

        if (begun)
        {
            output.SendQueued();
        }

        return default;
    }

    public void BeginMessage() => _isUsable = true;

    /// <summary>The handler has ended: what it wrote and did not send is discarded.</summary>
    public void EndMessage()
    {
        _isUsable = false;
        _inMessage = false;
    }

    /// <summary>Gives back what is held.</summary>
    public ValueTask Release()
    {
        (_taken, _committed, _messages) = (0, 0, 0);
        FrameWriter.Release(Environment.Pool, ref _buffer);
        return default;
    }

    private ValueTask SendBatchAsync(CancellationToken cancellationToken)
    {
        var (buffer, length, messages) = (_buffer, _committed, _messages);
        (_buffer, _committed, _messages) = ([], 0, 0);
        return output.SendFramedAsync(buffer, length, messages, cancellationToken);
    }

    /// <summary>The caller holds the gate, and sends without it what is queued if this returns true.</summary>
    private bool QueueCommitted()
    {
        if (_committed == _taken)
        {
            return false;
        }

        var begun = output.Queue(_buffer.AsSpan(_taken, _committed - _taken), _messages);
        (_taken, _messages) = (_committed, 0);
        return begun;
    }

    private void Reserve(int sizeHint)
    {
        ThrowIfUnusable();
        if (!_inMessage)
        {
            _inMessage = true;
            _written = _payloadStart = _committed + Environment.MaxHeaderBytes;
        }
        else if (_written - _payloadStart > Environment.MaxMessageBytes)
        {
            // Said when the message is sent would be too late: the buffer must not grow without bound until then.
            throw TooLong();
        }

        var needed = _written + Math.Max(sizeHint, 1) + Environment.MaxTrailerBytes;
        if (_buffer.Length < needed)
        {
            Grow(needed);
        }
    }

    private void Grow(int needed)
    {
        if (IsOnBatchThread)
        {
            var wanted = Math.Max(needed, _expected + SmallestMargin);
            FrameWriter.Reserve(Environment.Pool, ref _buffer, Math.Min(_written, _buffer.Length), wanted);
            return;
        }

        // The receive loop may be taking out what was committed before the handler left its thread.
        lock (output.Gate)
        {
            FrameWriter.Reserve(Environment.Pool, ref _buffer, Math.Min(_written, _buffer.Length), needed);
        }
    }

    private void Check(StreamEnvironment environment)
    {
        var length = _written - _payloadStart;
        if (length > environment.MaxMessageBytes)
        {
            throw TooLong();
        }

        // Whether it is sent or refused, the message ends here.
        _inMessage = false;
        environment.Framing.Validate(_buffer.AsSpan(_payloadStart, length));
        output.ThrowIfClosed();
    }

    private MessageTooLongException TooLong()
    {
        _inMessage = false;
        return new MessageTooLongException(_written - _payloadStart, Environment.MaxMessageBytes);
    }

    private void Commit(StreamEnvironment environment)
    {
        _committed += FrameWriter.Frame(environment.Framing, _buffer, _committed, _written - _payloadStart);
        _messages++;
    }

    private void ThrowIfUnusable() => MessageLifetime.ThrowIfEnded(!_isUsable);
}

using System.Buffers;
using System.Threading.Tasks.Sources;

namespace Transports;

/// <summary>One direction of a connection in memory: a bounded ring of bytes with one writer and one reader.</summary>
/// <remarks>
/// A reader that waits goes on within the writer's call, on its thread: a request in memory is handled and answered
/// without a hop. Where such calls nest too deep, the thread pool takes over.
/// </remarks>
internal sealed class MemoryPipe(int capacity, ArrayPool<byte> pool)
{
    private const int MaxDepth = 16;

    [ThreadStatic]
    private static int _depth;

    private readonly Lock _gate = new();
    private readonly Signal _readable = new();
    private readonly Signal _writable = new();
    private byte[] _ring = [];
    private int _start;
    private int _count;
    private bool _isCompleted;
    private CloseReason? _broken;

    /// <summary>Waits until there is something to read, or the end.</summary>
    public ValueTask WaitReadableAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _count > 0 || _isCompleted || _broken is not null
                ? default
                : _readable.Arm(_gate, cancellationToken);
        }
    }

    /// <summary>Reads what there is; 0 at the end. The caller has waited.</summary>
    public int Read(Span<byte> destination)
    {
        bool wake;
        int count;
        lock (_gate)
        {
            ThrowIfBroken();
            count = Math.Min(destination.Length, _count);
            var first = Math.Min(count, _ring.Length - _start);
            _ring.AsSpan(_start, first).CopyTo(destination);
            _ring.AsSpan(0, count - first).CopyTo(destination[first..]);
            _start = _ring.Length == 0 ? 0 : (_start + count) % _ring.Length;
            _count -= count;
            if (_count == 0)
            {
                FrameWriter.Release(pool, ref _ring);
                _start = 0;
            }

            wake = _writable.Disarm();
        }

        Wake(wake, _writable);
        return count;
    }

    /// <summary>Writes all, waiting for room as often as it must.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        var written = Write(bytes.Span);
        return written == bytes.Length ? default : WriteRestAsync(bytes[written..]);
    }

    /// <summary>The writer says that nothing more comes.</summary>
    public void Complete()
    {
        bool wake;
        lock (_gate)
        {
            _isCompleted = true;
            wake = _readable.Disarm();
        }

        Wake(wake, _readable);
    }

    /// <summary>Both ends get an error from now on, and what is in the pipe is lost.</summary>
    public void Break(CloseReason reason)
    {
        bool wakeReader;
        bool wakeWriter;
        lock (_gate)
        {
            _broken ??= reason;
            FrameWriter.Release(pool, ref _ring);
            (_start, _count) = (0, 0);
            wakeReader = _readable.Disarm();
            wakeWriter = _writable.Disarm();
        }

        Wake(wakeReader, _readable);
        Wake(wakeWriter, _writable);
    }

    private static void Wake(bool armed, Signal signal)
    {
        if (!armed)
        {
            return;
        }

        if (_depth >= MaxDepth)
        {
            ThreadPool.UnsafeQueueUserWorkItem(signal, preferLocal: true);
            return;
        }

        _depth++;
        try
        {
            signal.Set();
        }
        finally
        {
            _depth--;
        }
    }

    private async ValueTask WriteRestAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            await WaitWritableAsync().ConfigureAwait(false);
            bytes = bytes[Write(bytes.Span)..];
        }
    }

    private ValueTask WaitWritableAsync()
    {
        lock (_gate)
        {
            return _count < capacity || _broken is not null
                ? default
                : _writable.Arm(_gate, CancellationToken.None);
        }
    }

    private int Write(ReadOnlySpan<byte> bytes)
    {
        bool wake;
        int count;
        lock (_gate)
        {
            ThrowIfBroken();
            count = Math.Min(bytes.Length, capacity - _count);
            Reserve(_count + count);
            var end = _ring.Length == 0 ? 0 : (_start + _count) % _ring.Length;
            var first = Math.Min(count, _ring.Length - end);
            bytes[..first].CopyTo(_ring.AsSpan(end));
            bytes[first..count].CopyTo(_ring);
            _count += count;
            wake = count > 0 && _readable.Disarm();
        }

        Wake(wake, _readable);
        return count;
    }

    private void Reserve(int needed)
    {
        if (_ring.Length >= needed)
        {
            return;
        }

        var larger = pool.Rent(Math.Min(Math.Max(needed, 2 * _ring.Length), Math.Max(capacity, needed)));
        var first = Math.Min(_count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(larger);
        _ring.AsSpan(0, _count - first).CopyTo(larger.AsSpan(first));
        FrameWriter.Release(pool, ref _ring);
        (_ring, _start) = (larger, 0);
    }

    private void ThrowIfBroken()
    {
        if (_broken is { } reason)
        {
            throw new ConnectionClosedException(reason);
        }
    }

    /// <summary>
    /// A wait that can be used again and again. Armed and disarmed under the pipe's gate, set outside it.
    /// </summary>
    private sealed class Signal : IValueTaskSource, IThreadPoolWorkItem
    {
        private ManualResetValueTaskSourceCore<bool> _core;
        private CancellationTokenRegistration _registration;
        private CancellationToken _token;
        private Lock? _gate;
        private bool _isArmed;

        public ValueTask Arm(Lock gate, CancellationToken cancellationToken)
        {
            _core.Reset();
            (_gate, _token, _isArmed) = (gate, cancellationToken, true);
            var waiting = new ValueTask(this, _core.Version);
            if (cancellationToken.CanBeCanceled)
            {
                _registration = cancellationToken.UnsafeRegister(static signal => ((Signal)signal!).Cancel(), this);
            }

            return waiting;
        }

        public bool Disarm()
        {
            var was = _isArmed;
            _isArmed = false;
            return was;
        }

        public void Set()
        {
            _registration.Dispose();
            _core.SetResult(true);
        }

        void IThreadPoolWorkItem.Execute() => Set();

        void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

        void IValueTaskSource.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private void Cancel()
        {
            bool wasArmed;
            lock (_gate!)
            {
                wasArmed = Disarm();
            }

            if (wasArmed)
            {
                _core.SetException(new OperationCanceledException(_token));
            }
        }
    }
}

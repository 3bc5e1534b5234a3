using System.Net;
using System.Threading.Channels;

namespace Transports.Tests.Streams;

/// <summary>A stream that does what the test says: no socket, no thread.</summary>
internal sealed class ScriptedByteStream : ByteStream
{
    private readonly Channel<object> _incoming = Channel.CreateUnbounded<object>();
    private readonly Lock _gate = new();
    private readonly List<byte[]> _sends = [];
    private readonly SemaphoreSlim _begun = new(0);
    private TaskCompletionSource? _stall;
    private byte[] _rest = [];
    private int _sending;
    private int _violations;

    public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public override EndPoint RemoteEndPoint => Remote;

    public EndPoint Remote { get; init; } = new IPEndPoint(IPAddress.Loopback, 2);

    public TaskCompletionSource Completed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it waits for data in its receive, holding the buffer for it.</summary>
    public bool WaitsInItsReceive { get; set; }

    /// <summary>Whether a send that waits has ended when <see cref="Abort"/> returns.</summary>
    public bool AbortEndsSends { get; set; } = true;

    /// <summary>What each send waits for when its bytes have been taken.</summary>
    public Func<Task> AfterSend { get; set; } = () => Task.CompletedTask;

    /// <summary>How many sends have begun while another was under way, or on a stream that was released.</summary>
    public int Violations => Volatile.Read(ref _violations);

    public byte[][] Sends
    {
        get
        {
            lock (_gate)
            {
                return [.. _sends];
            }
        }
    }

    public byte[] Sent => [.. Sends.SelectMany(bytes => bytes)];

    public void Feed(ReadOnlySpan<byte> bytes) => _incoming.Writer.TryWrite(bytes.ToArray());

    public void FeedEnd() => _incoming.Writer.TryWrite(Array.Empty<byte>());

    public void FeedFault(Exception exception) => _incoming.Writer.TryWrite(exception);

    /// <summary>Sends wait from now on, until the result is set.</summary>
    public TaskCompletionSource StallSends() => _stall = new TaskCompletionSource();

    /// <summary>Waits until so many sends have begun.</summary>
    public async Task WhenSendsAsync(int count)
    {
        while (Sends.Length < count)
        {
            Assert.True(await _begun.WaitAsync(ScriptedTransport.Patience), $"Only {Sends.Length} sends have begun.");
        }
    }

    public override async ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (_rest.Length == 0 && !WaitsInItsReceive)
        {
            await _incoming.Reader.WaitToReadAsync(cancellationToken);
        }
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_rest.Length == 0)
        {
            switch (await _incoming.Reader.ReadAsync(cancellationToken))
            {
                case Exception exception:
                    throw exception;
                case byte[] bytes:
                    _rest = bytes;
                    break;
            }
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.AsSpan(0, count).CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (Interlocked.Increment(ref _sending) > 1 || Disposed.Task.IsCompleted)
        {
            Interlocked.Increment(ref _violations);
        }

        lock (_gate)
        {
            _sends.Add(bytes.ToArray());
        }

        _begun.Release();

        try
        {
            if (_stall is { } stall)
            {
                await stall.Task;
            }

            await AfterSend();
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
        }
    }

    public override ValueTask CompleteSendsAsync()
    {
        Completed.TrySetResult();
        return default;
    }

    public override void Abort()
    {
        Aborted.TrySetResult();
        FeedFault(new ConnectionClosedException(CloseReason.Aborted));
        if (AbortEndsSends)
        {
            _stall?.TrySetException(new ConnectionClosedException(CloseReason.Aborted));
        }
    }

    public override ValueTask DisposeAsync()
    {
        Disposed.TrySetResult();
        return default;
    }
}

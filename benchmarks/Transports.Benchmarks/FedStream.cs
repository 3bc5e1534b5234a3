using System.Net;
using System.Threading.Tasks.Sources;

namespace Transports.Benchmarks;

/// <summary>A stream whose receives complete when somebody feeds it, on that thread; sends are counted.</summary>
internal sealed class FedStream : ByteStream, IValueTaskSource<int>
{
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<int> _receive;
    private Memory<byte> _buffer;

    public override EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

    public override EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 2);

    /// <summary>Ends when the connection waits for its first bytes.</summary>
    public Task Waiting => _waiting.Task;

    public long SentBytes { get; private set; }

    /// <summary>Ends the pending receive; returns when the connection waits again. No bytes end the stream.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.Span);
        _receive.SetResult(bytes.Length);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _buffer = buffer;
        _receive.Reset();
        _waiting.TrySetResult();
        return new ValueTask<int>(this, _receive.Version);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        SentBytes += bytes.Length;
        return default;
    }

    public override ValueTask CompleteSendsAsync() => default;

    public override void Abort()
    {
    }

    public override ValueTask DisposeAsync() => default;

    int IValueTaskSource<int>.GetResult(short token) => _receive.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _receive.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _receive.OnCompleted(continuation, state, token, flags);
}

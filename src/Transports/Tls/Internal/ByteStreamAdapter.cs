using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>
/// Shows a byte stream as the <see cref="Stream"/> that <see cref="System.Net.Security.SslStream"/> wants. Async only.
/// </summary>
internal sealed class ByteStreamAdapter(ByteStream inner, TimeProvider timeProvider) : Stream
{
    private readonly TlsRecordMeter _records = new(timeProvider);
    private bool _isHandshaking = true;

    /// <summary>The peer has ended the stream below: seen before an end of TLS, that is a truncation.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The record that is being received.</summary>
    public IReceivesRecords Records => _records;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on whoever waits goes on where the data was found, without a hop.</summary>
    public void EndHandshake() => _isHandshaking = false;

    /// <summary>An empty read waits until there is data, so that TLS holds no buffer while it is idle.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isHandshaking)
        {
            return ReadAndHopAsync(buffer, cancellationToken);
        }

        if (buffer.IsEmpty)
        {
            var waiting = inner.WaitForDataAsync(cancellationToken);
            return waiting.IsCompletedSuccessfully ? new ValueTask<int>(0) : AwaitAsync(waiting);
        }

        var receiving = inner.ReceiveAsync(buffer, cancellationToken);
        if (receiving.IsCompletedSuccessfully)
        {
            return new ValueTask<int>(Note(buffer, receiving.Result));
        }

        return AwaitAsync(buffer, receiving);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? default : inner.SendAsync(buffer);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// The arithmetic of a handshake takes milliseconds: not on the thread that reports data, where it would hold up
    /// everybody else's.
    /// </summary>
    private async ValueTask<int> ReadAndHopAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            await inner.WaitForDataAsync(cancellationToken).ConfigureAwait(false);
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return 0;
        }

        var count = Note(buffer, await inner.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false));
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return count;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> AwaitAsync(ValueTask waiting)
    {
        await waiting.ConfigureAwait(false);
        return 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> AwaitAsync(Memory<byte> buffer, ValueTask<int> receiving) =>
        Note(buffer, await receiving.ConfigureAwait(false));

    private int Note(Memory<byte> buffer, int count)
    {
        HasEnded |= count == 0;
        _records.Received(buffer.Span[..count]);
        return count;
    }
}

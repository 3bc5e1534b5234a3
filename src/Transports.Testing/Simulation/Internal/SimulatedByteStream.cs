using System.Net;
using System.Runtime.CompilerServices;

namespace Transports.Testing;

/// <summary>A TCP connection as the library's streams want it.</summary>
internal sealed class SimulatedByteStream(TcpConnection connection, EventLoop loop) : ByteStream
{
    public override EndPoint LocalEndPoint => connection.LocalEndPoint;

    public override EndPoint RemoteEndPoint => connection.RemoteEndPoint;

    public override ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (!loop.IsCurrent)
        {
            return WaitThereAsync(cancellationToken);
        }

        return connection.IsReadable ? default : connection.Readable.WaitAsync(cancellationToken);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        loop.IsCurrent && connection.IsReadable
            ? new ValueTask<int>(connection.Read(buffer.Span))
            : ReceiveLaterAsync(buffer, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!loop.IsCurrent)
        {
            return SendRestAsync(bytes);
        }

        var written = connection.Write(bytes.Span);
        return written == bytes.Length ? default : SendRestAsync(bytes[written..]);
    }

    public override async ValueTask CompleteSendsAsync()
    {
        await loop.Switch();
        connection.ThrowIfBroken();
        connection.Finish();
    }

    public override void Abort() => loop.Execute(connection.Abort);

    public override async ValueTask DisposeAsync()
    {
        await loop.Switch();
        connection.Detach();
    }

    private async ValueTask WaitThereAsync(CancellationToken cancellationToken)
    {
        await loop.Switch();
        await WaitForDataAsync(cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveLaterAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await loop.Switch();
        while (!connection.IsReadable)
        {
            await connection.Readable.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return connection.Read(buffer.Span);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> bytes)
    {
        await loop.Switch();
        bytes = bytes[connection.Write(bytes.Span)..];
        while (!bytes.IsEmpty)
        {
            await connection.Writable.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            bytes = bytes[connection.Write(bytes.Span)..];
        }
    }
}

using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>
/// A listener's socket on Linux: one call receives all that is there, waiting for the first datagram, and one call
/// sends all replies. It blocks a thread of its own, which saves the calls that asking for readiness would cost.
/// </summary>
internal sealed class BatchedUdpChannel(Socket socket, UdpTransportOptions options) : DatagramChannel
{
    private readonly BatchedUdpSocket _batches = new(socket, isConnected: false);
    private readonly ArrayPool<byte> _pool = options.BufferPool;
    private readonly int _maxBytes = options.MaxMessageBytes;
    private ReceiveVector? _received;
    private volatile bool _disposed;

    public override EndPoint LocalEndPoint { get; } = socket.LocalEndPoint!;

    public override int BatchSize => 64;

    public override bool BlocksOnReceive => true;

    public BatchedUdpSocket Batches => _batches;

    internal override bool TakesPinned => true;

    public override ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        _received ??= ReceiveVector.Pool.Rent();
        while (_received.IsEmpty)
        {
            ThrowIfDisposed();
            var error = _batches.Receive(_received, LibC.MessageWaitForOne);

            // Waking a blocked receive can look like an empty datagram.
            ThrowIfDisposed();
            if (error is not (0 or LibC.Eintr or LibC.Eagain))
            {
                throw LinuxErrors.ToSocketException(error);
            }
        }

        return new ValueTask<int>(_received.Deal(batch.Span, _pool, _maxBytes));
    }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        var error = _batches.Send(batch.Span, out var sent);
        return error == 0 ? new ValueTask<int>(sent) : throw LinuxErrors.ToSocketException(error);
    }

    public override ValueTask DisposeAsync()
    {
        _disposed = true;
        socket.Dispose();
        return default;
    }

    /// <summary>On the receiving thread alone: nobody else can know when it has done with the vector.</summary>
    private void ThrowIfDisposed()
    {
        if (_disposed)
        {
            _received?.Release();
            _received = null;
            throw new ObjectDisposedException(nameof(BatchedUdpChannel));
        }
    }
}

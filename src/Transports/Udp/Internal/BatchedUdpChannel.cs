using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>
/// A listener's socket on Linux: one call receives all that is there, waiting for the first datagram, and one call
/// sends all replies. It blocks a thread of its own, which saves the calls that asking for readiness would cost.
/// </summary>
internal sealed class BatchedUdpChannel : DatagramChannel
{
    private readonly Socket _socket;
    private readonly BatchedUdpSocket _batches;
    private readonly ArrayPool<byte> _pool;
    private readonly int _maxBytes;
    private readonly MachineAddresses _machine;
    private readonly OverflowReport _overflow;
    private readonly BusyPoll _poll = BusyPoll.Create();
    private ReceiveVector? _received;
    private volatile bool _disposed;

    public BatchedUdpChannel(
        Socket socket, UdpTransportOptions options, MachineAddresses machine, OverflowReport overflow)
    {
        (_socket, _machine, _overflow) = (socket, machine, overflow);
        (_pool, _maxBytes) = (options.BufferPool, options.MaxMessageBytes);
        _batches = new BatchedUdpSocket(socket, isConnected: false);
        var local = (IPEndPoint)socket.LocalEndPoint!;
        LocalEndPoint = local;
        _batches.TryReportOverflow();
        if (local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any))
        {
            // Bound to one address there is no other to answer from.
            _batches.TryReportLocalAddress();
        }
    }

    public override EndPoint LocalEndPoint { get; }

    // More than one call receives as a rule: datagrams that the kernel joined are dealt out of fewer messages, and each
    // batch costs a send. So as many as can be answered together.
    public override int BatchSize => ReplyBatch.Capacity;

    public override bool BlocksOnReceive => true;

    public BatchedUdpSocket Batches => _batches;

    public ReceiveCoalescing Coalescing { get; } = ReceiveCoalescing.Create();

    internal override bool TakesPinned => true;

    internal override bool LendsBuffers => true;

    internal override bool IsOwnAddress(UInt128 address) => _machine.Contains(address);

    public override ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        _received ??= ReceiveVector.Pool.Rent();
        if (_received.IsEmpty)
        {
            Receive(_received);
        }

        var count = _received.Deal(batch.Span, _pool, _maxBytes);
        if (_received.Overflow != 0)
        {
            _overflow.Heard(_received.Overflow);
        }

        return new ValueTask<int>(count);
    }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        var error = _batches.Send(batch.Span, out var sent);
        return error == 0 ? new ValueTask<int>(sent) : throw LinuxErrors.ToSocketException(error);
    }

    public override ValueTask DisposeAsync()
    {
        _disposed = true;
        _socket.Dispose();
        return default;
    }

    /// <summary>Waits for the first datagram, or lets some gather first.</summary>
    private void Receive(ReceiveVector vector)
    {
        if (Coalescing.Begin(vector.IsShort))
        {
            ShortPause.Take();
        }

        _poll.Begin();
        while (vector.IsEmpty)
        {
            ThrowIfDisposed();
            var error = _batches.Receive(vector, _poll.Polls() ? LibC.MessageDontWait : LibC.MessageWaitForOne);

            // Waking a blocked receive can look like an empty datagram.
            ThrowIfDisposed();
            if (error is not (0 or LibC.Eintr or LibC.Eagain))
            {
                throw LinuxErrors.ToSocketException(error);
            }
        }

        _poll.End(vector.LoneSender);
        Coalescing.End(vector.Count, _poll.Elapsed);
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

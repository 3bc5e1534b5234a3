using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>
/// A client's socket on Linux: it waits under a reactor, so that it costs no thread, and receives what there is with
/// one call. While it waits it holds no memory for receiving.
/// </summary>
internal sealed class ReactorUdpChannel : DatagramChannel, IReactorTarget
{
    private const uint Watched = LibC.EpollIn | LibC.EpollEdge;

    private readonly Socket _socket;
    private readonly IPEndPoint? _remote;
    private readonly Reactor _reactor;
    private readonly BatchedUdpSocket _batches;
    private readonly ArrayPool<byte> _pool;
    private readonly int _maxBytes;
    private readonly Readiness _readable = new();
    private readonly Readiness _writable = new();
    private readonly SemaphoreSlim _waitingToSend = new(1);
    private readonly int _descriptor;
    private readonly ulong _key;
    private ReceiveVector? _received;
    private volatile bool _disposed;

    /// <summary>Takes over a socket that does not block; null for one that is not connected.</summary>
    public ReactorUdpChannel(Socket socket, IPEndPoint? remote, UdpTransportOptions options, Reactor reactor)
    {
        (_socket, _remote, _reactor) = (socket, remote, reactor);
        (_pool, _maxBytes) = (options.BufferPool, options.MaxMessageBytes);
        _batches = new BatchedUdpSocket(socket, remote is not null);
        LocalEndPoint = socket.LocalEndPoint!;
        var held = false;
        socket.SafeHandle.DangerousAddRef(ref held);
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        try
        {
            _key = reactor.Add(_descriptor, Watched, this);
        }
        catch
        {
            socket.SafeHandle.DangerousRelease();
            socket.Dispose();
            throw;
        }
    }

    public override EndPoint LocalEndPoint { get; }

    public override EndPoint? RemoteEndPoint => _remote;

    public override int BatchSize => 16;

    public BatchedUdpSocket Batches => _batches;

    internal override bool TakesPinned => true;

    internal override bool LendsBuffers => true;

    public void OnReady(uint events)
    {
        const uint Failed = LibC.EpollError | LibC.EpollHangUp;
        if ((events & (LibC.EpollOut | Failed)) != 0)
        {
            _writable.Set();
        }

        if ((events & (LibC.EpollIn | Failed)) != 0)
        {
            _readable.Set();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        if (_received is { IsEmpty: true } dealt)
        {
            // What it had lent has been used.
            _received = null;
            dealt.Release();
        }

        while (_received is null)
        {
            await _readable.WaitAsync(cancellationToken).ConfigureAwait(false);
            ObjectDisposedException.ThrowIf(_disposed, this);
            Receive();
        }

        return _received.Deal(batch.Span, _pool, _maxBytes);
    }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        var error = _batches.Send(batch.Span, out var sent);
        return error switch
        {
            0 => new ValueTask<int>(sent),
            LibC.Eagain => SendLaterAsync(batch, cancellationToken),
            _ => throw LinuxErrors.ToSocketException(error),
        };
    }

    public override ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _reactor.Release(_descriptor, _key);
            _socket.SafeHandle.DangerousRelease();
            _socket.Dispose();
            _readable.Set();
            _writable.Set();
        }

        return default;
    }

    /// <summary>Leaves what came in the vector; events are edge-triggered, so what is left asks for no other.</summary>
    private void Receive()
    {
        var vector = ReceiveVector.Pool.Rent();
        _readable.Clear();
        var error = _batches.Receive(vector, LibC.MessageDontWait);
        if (error == 0)
        {
            _received = vector;
            if (!vector.IsShort)
            {
                _readable.Restore();
            }

            return;
        }

        vector.Release();
        if (error is not LibC.Eagain)
        {
            // There may be datagrams behind an error.
            _readable.Restore();
        }

        if (error is not (LibC.Eagain or LibC.Eintr))
        {
            throw LinuxErrors.ToSocketException(error);
        }
    }

    /// <summary>The handle is held for the call: once it is closed the number may be another socket's.</summary>
    private void WatchOutput()
    {
        var held = false;
        _socket.SafeHandle.DangerousAddRef(ref held);
        _reactor.Modify(_descriptor, Watched | LibC.EpollOut, _key);
        _socket.SafeHandle.DangerousRelease();
    }

    private async ValueTask<int> SendLaterAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        await _waitingToSend.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                _writable.Clear();
                WatchOutput();
                await _writable.WaitAsync(cancellationToken).ConfigureAwait(false);
                ObjectDisposedException.ThrowIf(_disposed, this);
                var error = _batches.Send(batch.Span, out var sent);
                if (error == 0)
                {
                    return sent;
                }

                if (error != LibC.Eagain)
                {
                    throw LinuxErrors.ToSocketException(error);
                }
            }
        }
        finally
        {
            _waitingToSend.Release();
        }
    }
}

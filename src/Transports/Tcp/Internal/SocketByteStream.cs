using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>A connected socket, TCP or Unix, through the framework's own async calls: any operating system.</summary>
internal sealed class SocketByteStream : ByteStream
{
    private const int Row = 16;
    private static readonly TimeSpan BusyRow = TimeSpan.FromSeconds(4);

    /// <summary>With one processor there is no other thread of the pool that would be woken for them.</summary>
    private static readonly bool TurnsCostNothing = Environment.ProcessorCount == 1;

    private readonly Socket _socket;
    private readonly TimeProvider _timeProvider;
    private long _rowBegan;
    private uint _waits;
    private bool _isBusy;
    private bool _wasSlow;
    private PoolTurn? _turn;
    private bool _givesWay;

    /// <summary>
    /// Wraps a socket; <paramref name="unnamed"/> stands for an end of a Unix socket that has no name.
    /// </summary>
    public SocketByteStream(Socket socket, EndPoint unnamed, TimeProvider timeProvider)
    {
        (_socket, _timeProvider) = (socket, timeProvider);

        // For the first attempt of a send. It makes no difference to asynchronous calls.
        socket.Blocking = false;
        LocalEndPoint = SocketEndPoints.Normalize(socket.LocalEndPoint) ?? unnamed;
        RemoteEndPoint = SocketEndPoints.Normalize(socket.RemoteEndPoint) ?? unnamed;
    }

    public override EndPoint LocalEndPoint { get; }

    public override EndPoint RemoteEndPoint { get; }

    internal override bool WaitsInReceive => _isBusy;

    /// <summary>
    /// A busy connection waits in its receive, which saves a system call. One that has little to say waits in an empty
    /// receive and so holds no buffer. The clock is looked at once in a row of waits; one slow row is a pause, two are
    /// little to say.
    /// </summary>
    public override ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (_waits++ % Row == 0)
        {
            var (began, now) = (_rowBegan, _timeProvider.GetTimestamp());
            var isSlow = _waits == 1 || _timeProvider.GetElapsedTime(began, now) >= BusyRow;
            _isBusy = !isSlow || (_isBusy && !_wasSlow);
            _wasSlow = isSlow;
            _givesWay = true;
            _rowBegan = now;
        }

        return _isBusy ? default : WaitReadableAsync(cancellationToken);
    }

    /// <summary>
    /// If a busy connection finds something to receive when the others have had their turn, it has saved a receive in
    /// vain and a wake-up, and goes on so. If not, or if too many wait already, it tries again in the next row.
    /// </summary>
    internal override ValueTask LetOthersGoFirstAsync()
    {
        _givesWay &= _isBusy && PoolTurn.IsNear;
        return _givesWay ? (_turn ??= new PoolTurn()).WaitAsync() : default;
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var receiving = _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        _givesWay &= receiving.IsCompleted || TurnsCostNothing;
        return receiving;
    }

    /// <summary>
    /// A peer that keeps up has room, so the first attempt is a plain call that does not block: it costs less than an
    /// asynchronous one that ends at once.
    /// </summary>
    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = _socket.Send(bytes.Span, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success when sent == bytes.Length => default,

            // Windows may have no room for a large one at once (WSAENOBUFS), where it has if the sender waits.
            SocketError.Success or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable =>
                SendRestAsync(bytes[sent..]),
            _ => throw new SocketException((int)error),
        };
    }

    public override ValueTask CompleteSendsAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        return default;
    }

    public override void Abort()
    {
        try
        {
            // A linger time of zero makes the close a reset (RFC 9293, 3.10.5).
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer was faster, or somebody else here.
        }

        _socket.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }

    /// <summary>
    /// An empty receive that waits ends with any event, also with one for bytes that were received already: the receive
    /// that follows would wait in its place, with its buffer.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitReadableAsync(CancellationToken cancellationToken)
    {
        do
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        while (!_socket.Poll(0, SelectMode.SelectRead));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None).ConfigureAwait(false)..];
        }
    }
}

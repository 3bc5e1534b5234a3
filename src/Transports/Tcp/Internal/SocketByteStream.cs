using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>A connected socket, TCP or Unix, through the framework's own async calls: any operating system.</summary>
internal sealed class SocketByteStream : ByteStream
{
    private const int Row = 16;
    private static readonly TimeSpan BusyRow = TimeSpan.FromSeconds(4);

    private readonly Socket _socket;
    private readonly TimeProvider _timeProvider;
    private long _rowBegan;
    private uint _waits;
    private bool _isBusy;

    /// <summary>
    /// Wraps a socket; <paramref name="unnamed"/> stands for an end of a Unix socket that has no name.
    /// </summary>
    public SocketByteStream(Socket socket, EndPoint unnamed, TimeProvider timeProvider)
    {
        (_socket, _timeProvider) = (socket, timeProvider);
        LocalEndPoint = SocketEndPoints.Normalize(socket.LocalEndPoint) ?? unnamed;
        RemoteEndPoint = SocketEndPoints.Normalize(socket.RemoteEndPoint) ?? unnamed;
    }

    public override EndPoint LocalEndPoint { get; }

    public override EndPoint RemoteEndPoint { get; }

    internal override bool WaitsInReceive => _isBusy;

    /// <summary>
    /// A busy connection waits in its receive, which saves a system call. One that has little to say waits in an empty
    /// receive and so holds no buffer. The clock is looked at once in a row of waits.
    /// </summary>
    public override ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (_waits++ % Row == 0)
        {
            var (began, now) = (_rowBegan, _timeProvider.GetTimestamp());
            _isBusy = _waits > 1 && _timeProvider.GetElapsedTime(began, now) < BusyRow;
            _rowBegan = now;
        }

        return _isBusy ? default : WaitReadableAsync(cancellationToken);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sending = _socket.SendAsync(bytes, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully)
        {
            return SendRestAsync(sending, bytes);
        }

        var sent = sending.Result;
        return sent == bytes.Length ? default : SendAsync(bytes[sent..]);
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitReadableAsync(CancellationToken cancellationToken) =>
        await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken).ConfigureAwait(false);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ValueTask<int> sending, ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            bytes = bytes[await sending.ConfigureAwait(false)..];
            if (bytes.IsEmpty)
            {
                return;
            }

            sending = _socket.SendAsync(bytes, SocketFlags.None);
        }
    }
}

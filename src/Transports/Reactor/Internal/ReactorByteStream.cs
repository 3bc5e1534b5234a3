using System.Net;
using System.Runtime.CompilerServices;

namespace Transports;

/// <summary>
/// A connected socket, TCP or Unix, under a reactor. Its receives and sends are plain system calls that do not block;
/// when there is nothing to receive, its receive loop is a waiter in a <see cref="ReadyState"/> and holds no buffer.
/// </summary>
internal sealed partial class ReactorByteStream : ByteStream, IReactorTarget, IStopsReceiving, IReadySource
{
    private const uint Watched = LibC.EpollIn | LibC.EpollPeerHangUp | LibC.EpollEdge;

    /// <summary>After so many receives in a row the others on this reactor get their turn.</summary>
    private const int MaxBurst = 8;

    private readonly int _descriptor;
    private readonly Reactor _reactor;
    private readonly ulong _key;
    private readonly ushort _remotePort;
    private object _remote;
    private EndPoint _localEndPoint;
    private Readiness? _writable;
    private ReadyState _readable;
    private uint _watched = Watched;
    private byte _burst;
    private bool _isStopped;
    private bool _isAborted;
    private bool _isClosed;
    private bool _knowsLocalEndPoint;

    /// <summary>
    /// Takes over the descriptor of a non-blocking socket; <paramref name="unnamed"/> is for an end that has no name.
    /// </summary>
    public ReactorByteStream(int descriptor, EndPoint remote, EndPoint unnamed, Reactor reactor)
        : this(descriptor, (object)remote, 0, unnamed, reactor)
    {
    }

    /// <summary>The same for a peer whose endpoint is made when it is asked for: most are not.</summary>
    public ReactorByteStream(int descriptor, IPAddress remote, ushort port, EndPoint unnamed, Reactor reactor)
        : this(descriptor, (object)remote, port, unnamed, reactor)
    {
    }

    private ReactorByteStream(int descriptor, object remote, ushort port, EndPoint unnamed, Reactor reactor)
    {
        (_descriptor, _remote, _remotePort, _localEndPoint, _reactor) = (descriptor, remote, port, unnamed, reactor);
        try
        {
            _key = reactor.Add(descriptor, Watched, this);
        }
        catch
        {
            _ = LibC.Close(descriptor);
            throw;
        }
    }

    /// <summary>Few ask for it: it is looked up for the first who does, or before the socket forgets it.</summary>
    public override EndPoint LocalEndPoint =>
        Volatile.Read(ref _knowsLocalEndPoint) ? _localEndPoint : FindLocalEndPoint();

    public override EndPoint RemoteEndPoint => _remote as EndPoint ?? MakeRemoteEndPoint();

    internal override IPAddress? RemoteAddress => _remote as IPAddress ?? base.RemoteAddress;

    ref ReadyState IReadySource.State => ref _readable;

    /// <summary>Closing takes it, and what must not come to a descriptor that was closed.</summary>
    private object Gate => this;

    public void OnReady(uint events)
    {
        const uint Ended = LibC.EpollError | LibC.EpollHangUp | LibC.EpollPeerHangUp;
        if ((events & (LibC.EpollOut | LibC.EpollError | LibC.EpollHangUp)) != 0)
        {
            _writable?.Set();
        }

        if ((events & (LibC.EpollIn | Ended)) != 0)
        {
            _readable.Set(sticky: (events & Ended) != 0);
        }
    }

    public override ValueTask WaitForDataAsync(CancellationToken cancellationToken)
    {
        if (++_burst > MaxBurst)
        {
            _burst = 0;
            _readable.Clear();
            Watch();
        }

        var waiting = ReadyState.WaitAsync(this, cancellationToken);
        if (!waiting.IsCompleted)
        {
            _burst = 0;
        }

        return waiting;
    }

    public void StopReceiving()
    {
        Volatile.Write(ref _isStopped, true);
        _readable.Set(sticky: true);
    }

    public void ContinueAfterWait(Action<object?> continuation, object state) =>
        _readable.ContinueAfterWait(continuation, state);

    public bool TryReceive(Span<byte> buffer, out int count)
    {
        count = Receive(buffer);

        // Word of a stop must outlive a receive that began before it: nobody says it twice.
        if (count < 0 && !Volatile.Read(ref _isStopped))
        {
            _readable.ClearSticky();
        }

        return count >= 0;
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = Receive(buffer.Span);
        return count >= 0 ? new ValueTask<int>(count) : ReceiveLaterAsync(buffer, cancellationToken);
    }

    public override void Abort()
    {
        _ = LocalEndPoint;
        lock (Gate)
        {
            // Once it is closed its number may already be another socket's, whose connection would be the one to die.
            if (_isAborted || _isClosed)
            {
                return;
            }

            _isAborted = true;
            SocketReset.Break(_descriptor);
        }

        _readable.Set(sticky: true);
        _writable?.Set(sticky: true);
    }

    public override ValueTask DisposeAsync()
    {
        _ = LocalEndPoint;
        _reactor.Remove(_key);
        lock (Gate)
        {
            // A second time the number may be another socket's.
            if (!_isClosed)
            {
                _isClosed = true;
                _ = LibC.Close(_descriptor);
            }
        }

        return default;
    }

    private EndPoint MakeRemoteEndPoint()
    {
        if (Volatile.Read(ref _remote) is IPAddress address)
        {
            // Two who ask at once get the same one.
            Interlocked.CompareExchange(ref _remote, new IPEndPoint(address, _remotePort), address);
        }

        return (EndPoint)_remote;
    }

    private EndPoint FindLocalEndPoint()
    {
        lock (Gate)
        {
            if (!_knowsLocalEndPoint)
            {
                // Until now the field had what stands for an end without a name.
                _localEndPoint = SocketName.OfThisEnd(_descriptor, _localEndPoint) ?? _localEndPoint;
                Volatile.Write(ref _knowsLocalEndPoint, true);
            }

            return _localEndPoint;
        }
    }

    /// <summary>How many bytes were received, 0 at the end, -1 when there is nothing yet.</summary>
    private unsafe int Receive(Span<byte> buffer)
    {
        while (true)
        {
            ThrowIfAborted();
            _readable.Clear();
            nint count;
            fixed (byte* start = buffer)
            {
                count = LibC.Receive(_descriptor, start, buffer.Length, flags: 0);
            }

            if (count >= 0)
            {
                if (count == buffer.Length)
                {
                    _readable.Restore();
                }

                return (int)count;
            }

            switch (LibC.LastError)
            {
                case LibC.Eintr:
                    continue;
                case LibC.Eagain:
                    return -1;
                case var error:
                    ThrowIfAborted();
                    throw LinuxErrors.OnTransfer(error);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveLaterAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count;
        do
        {
            _readable.ClearSticky();
            await ReadyState.WaitAsync(this, cancellationToken).ConfigureAwait(false);
            count = Receive(buffer.Span);
        }
        while (count < 0);

        return count;
    }

    /// <summary>
    /// Tells the reactor what to watch for; what is ready already is reported again. A receive and a send may both come
    /// here at once: whoever is last has told it what was last decided.
    /// </summary>
    private void Watch()
    {
        uint watched;
        do
        {
            watched = Volatile.Read(ref _watched);
            _reactor.Modify(_descriptor, watched, _key);
        }
        while (watched != Volatile.Read(ref _watched));
    }

    private void ThrowIfAborted()
    {
        if (Volatile.Read(ref _isAborted))
        {
            throw new ConnectionClosedException(CloseReason.Aborted);
        }
    }
}

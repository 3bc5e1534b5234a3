using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>A listening socket under a reactor; what it accepts goes to all reactors of the group in turn.</summary>
internal sealed class ReactorByteStreamListener : IByteStreamListener, IReactorTarget
{
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly ReactorGroup _group;
    private readonly Reactor _reactor;
    private readonly Readiness _readable = new();
    private readonly ulong _key;

    // What a proxy brings comes from one address in a row, which those connections share.
    private IPAddress? _lastAddress;

    public ReactorByteStreamListener(Socket listening, TcpTransportOptions options, ReactorGroup group)
    {
        (_socket, _group, _reactor) = (listening, group, group.Next());
        LocalEndPoint = listening.LocalEndPoint!;
        DescriptorReserve.Shared.Join();
        listening.Blocking = false;

        // What is accepted inherits the options of the listening socket (tcp(7)).
        SocketFactory.ConfigureAccepted(listening, options);
        var held = false;
        listening.SafeHandle.DangerousAddRef(ref held);
        _descriptor = (int)listening.SafeHandle.DangerousGetHandle();
        _key = _reactor.Add(_descriptor, LibC.EpollIn | LibC.EpollEdge, this);
    }

    public EndPoint LocalEndPoint { get; }

    public void OnReady(uint events) => _readable.Set();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ByteStream> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _readable.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!DescriptorReserve.Shared.TryTake())
            {
                throw new TransportException(LinuxErrors.Describe(LibC.Emfile));
            }

            if (TryAccept() is { } accepted)
            {
                return accepted;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _reactor.Remove(_key);
        _socket.SafeHandle.DangerousRelease();
        _socket.Dispose();
        DescriptorReserve.Shared.Leave();
        if (LocalEndPoint is UnixDomainSocketEndPoint unix)
        {
            UnixSocketFile.Remove(unix);
        }

        return default;
    }

    /// <summary>Null when nobody waits to be accepted, or the one who did has left.</summary>
    private unsafe ReactorByteStream? TryAccept()
    {
        _readable.Clear();
        var peer = stackalloc byte[SocketName.MaxBytes];
        var length = SocketName.MaxBytes;
        var descriptor = LibC.Accept(
            _descriptor, peer, &length, LibC.SocketNonBlocking | LibC.SocketCloseOnExec);
        if (descriptor < 0)
        {
            OnAcceptFailed(Marshal.GetLastPInvokeError());
            return null;
        }

        DescriptorReserve.Shared.OnAccepted(descriptor);

        // Others may be waiting behind this one, and no further event would say so.
        _readable.Restore();
        if (LocalEndPoint is not IPEndPoint)
        {
            var remote = SocketName.Read(peer, length, LocalEndPoint) ?? LocalEndPoint;
            return new ReactorByteStream(descriptor, remote, LocalEndPoint, _group.Next());
        }

        var name = new ReadOnlySpan<byte>(peer, length);
        _lastAddress = SocketName.ReadAddress(name, _lastAddress);
        return new ReactorByteStream(
            descriptor, _lastAddress, SocketName.ReadPort(name), LocalEndPoint, _group.Next());
    }

    private void OnAcceptFailed(int error)
    {
        if (error == LibC.Eagain)
        {
            return;
        }

        _readable.Restore();
        if (error == LibC.Eintr || LinuxErrors.IsPeerGone(error))
        {
            return;
        }

        if (LinuxErrors.IsOutOfDescriptors(error))
        {
            DescriptorReserve.Shared.OnExhausted();
        }

        throw LinuxErrors.EndsAccepting(error)
            ? new InvalidOperationException($"The listening socket is broken: {LinuxErrors.Describe(error)}")
            : new TransportException(LinuxErrors.Describe(error));
    }
}

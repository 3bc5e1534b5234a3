using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Transports.Testing;

/// <summary>A UDP socket on a simulated host. Its state belongs to the loop's thread.</summary>
internal sealed class SimulatedDatagramChannel : DatagramChannel, IValueTaskSource<int>
{
    private readonly SimulatedHost _host;
    private readonly EventLoop _loop;
    private readonly DatagramStack _stack;
    private readonly IPEndPoint? _remote;
    private readonly uint _remoteAddress;
    private readonly int _receiveBufferBytes;
    private readonly Queue<SimulatedPacket> _received = new();
    private ManualResetValueTaskSourceCore<int> _waiter;
    private Memory<Datagram> _batch;
    private IPEndPoint _local = null!;
    private uint _localAddress;
    private int _receivedBytes;
    private bool _isRefused;
    private bool _isClosed;

    public SimulatedDatagramChannel(
        SimulatedHost host, DatagramStack stack, IPEndPoint? remote, int receiveBufferBytes)
    {
        (_host, _loop, _stack, _remote) = (host, host.Network.Loop, stack, remote);
        _receiveBufferBytes = receiveBufferBytes;
        if (remote is not null)
        {
            SimulatedAddress.TryRead(remote.Address, out _remoteAddress);
        }
    }

    public override EndPoint LocalEndPoint => _local;

    public override EndPoint? RemoteEndPoint => _remote;

    public ushort Port { get; private set; }

    /// <summary>Whether somebody waits for a datagram.</summary>
    public bool IsWaiting { get; private set; }

    public int ReceivedBytes => _receivedBytes;

    public void SetLocal(uint address, ushort port)
    {
        (_localAddress, Port) = (address, port);
        _local = SimulatedAddress.ToEndPoint(address, port);
    }

    /// <summary>
    /// A connected socket hears its peer alone, and one that is bound to an address hears that alone.
    /// </summary>
    public bool Hears(SimulatedPacket packet) =>
        (_localAddress == SimulatedAddress.Any || _localAddress == packet.DestinationAddress
            || packet.DestinationAddress == SimulatedAddress.Any)
        && (_remote is null || (packet.SourcePort == _remote.Port && packet.SourceAddress == Peer()));

    /// <summary>Whether there is room for it.</summary>
    public bool TryTake(SimulatedPacket packet, out bool isWaited)
    {
        isWaited = IsWaiting;
        return IsWaiting || _receivedBytes + packet.Length + packet.HeaderBytes <= _receiveBufferBytes;
    }

    public void Deliver(SimulatedPacket packet, bool isWaited)
    {
        if (!isWaited)
        {
            _receivedBytes += packet.Length + packet.HeaderBytes;
            _received.Enqueue(packet);
            return;
        }

        StopWaiting();
        Fill(_batch.Span[0], packet);
        _waiter.SetResult(1);
    }

    /// <summary>ICMP says that nobody listens where a datagram was sent to: a connected socket learns of it.</summary>
    public void Report(uint address, ushort port)
    {
        if (_remote is null || _remoteAddress != address || _remote.Port != port)
        {
            return;
        }

        if (IsWaiting)
        {
            StopWaiting();
            _waiter.SetException(Refused());
        }
        else
        {
            _isRefused = true;
        }
    }

    public override ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        if (!_loop.IsCurrent)
        {
            return ReceiveThereAsync(batch, cancellationToken);
        }

        // The token is not looked at: disposal follows it, here as where a receive blocks its thread.
        ThrowIfClosed();
        ThrowIfRefused();
        if (_received.TryDequeue(out var packet))
        {
            _receivedBytes -= packet.Length + packet.HeaderBytes;
            Fill(batch.Span[0], packet);
            return new ValueTask<int>(1);
        }

        _waiter.Reset();
        (_batch, IsWaiting) = (batch, true);
        return new ValueTask<int>(this, _waiter.Version);
    }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        if (!_loop.IsCurrent)
        {
            return SendThereAsync(batch, cancellationToken);
        }

        ThrowIfClosed();
        ThrowIfRefused();
        foreach (var datagram in batch.Span)
        {
            if (datagram.Length > UdpTransportOptions.LargestDatagramBytes)
            {
                throw new SocketException((int)SocketError.MessageSize);
            }

            Send(datagram);
        }

        return new ValueTask<int>(batch.Length);
    }

    public override async ValueTask DisposeAsync()
    {
        await _loop.Switch();
        Close();
    }

    public void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        _stack.Close(this);
        while (_received.TryDequeue(out var packet))
        {
            _host.Network.Packets.Return(packet);
        }

        if (IsWaiting)
        {
            StopWaiting();
            _waiter.SetException(new ObjectDisposedException(nameof(SimulatedDatagramChannel)));
        }
    }

    int IValueTaskSource<int>.GetResult(short token) => _waiter.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _waiter.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    private static SocketException Refused() => new((int)SocketError.ConnectionRefused);

    private void StopWaiting()
    {
        IsWaiting = false;
        _loop.Stir();
    }

    private uint Peer() => _remoteAddress == SimulatedAddress.Any ? _host.AddressNumber : _remoteAddress;

    private void Send(Datagram datagram)
    {
        var packet = _host.Network.Packets.Rent();
        packet.Protocol = NetworkProtocol.Udp;
        (packet.DestinationAddress, packet.DestinationPort) = SimulatedAddress.Read(datagram.Address);
        packet.SourceAddress = _localAddress == SimulatedAddress.Any
            ? _host.SourceFor(packet.DestinationAddress)
            : _localAddress;
        packet.SourcePort = Port;
        packet.Fill(datagram.Payload.Span);
        _host.Send(packet);
    }

    private void Fill(Datagram slot, SimulatedPacket packet)
    {
        var length = Math.Min(packet.Length, slot.Buffer.Length);
        packet.Payload.Span[..length].CopyTo(slot.Buffer.Span);
        slot.Length = length;
        slot.IsTruncated = length < packet.Length;
        SimulatedAddress.Write(slot.Address, packet.SourceAddress, packet.SourcePort);
        _host.Network.Packets.Return(packet);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveThereAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
    {
        await _loop.Switch();
        return await ReceiveAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> SendThereAsync(ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
    {
        await _loop.Switch();
        return await SendAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, this);

    private void ThrowIfRefused()
    {
        if (_isRefused)
        {
            _isRefused = false;
            throw Refused();
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Transports.Testing;

/// <summary>
/// One end of a TCP connection (RFC 9293): segments with numbers, acknowledgments, windows and retransmission, so that
/// whatever a link does to packets shows as it would on a real network. For the loop's thread.
/// </summary>
/// <remarks>Left out: congestion control, delayed acknowledgments, options, urgent data, keep-alive.</remarks>
internal sealed partial class TcpConnection
{
    private const int SynTries = 6;
    private const int DataTries = 15;
    private const int OrphanTries = 8;

    private readonly SimulatedHost _host;
    private readonly SimulatedNetwork _network;
    private readonly TcpStack _stack;
    private readonly TcpTimer _timer;
    private readonly ulong _stream;
    private readonly uint _localAddress;
    private readonly uint _remoteAddress;
    private readonly ushort _localPort;
    private readonly ushort _remotePort;
    private SocketError _broken;
    private bool _isDetached;

    public TcpConnection(SimulatedHost host, (uint Address, ushort Port) local, (uint Address, ushort Port) remote)
    {
        (_host, _network, _stack) = (host, host.Network, host.Streams);
        ((_localAddress, _localPort), (_remoteAddress, _remotePort)) = (local, remote);
        LocalEndPoint = SimulatedAddress.ToEndPoint(local.Address, local.Port);
        RemoteEndPoint = SimulatedAddress.ToEndPoint(remote.Address, remote.Port);
        var loop = _network.Loop;
        (Readable, Writable, Connected) = (new LoopSignal(loop), new LoopSignal(loop), new LoopSignal(loop));
        _timer = new TcpTimer(host, OnTimer);
        _stream = Draws.Mix(_stack.NextConnection(), local.Address, Key(remote.Address, remote.Port, local.Port));
        _firstSent = (uint)Draws.Mix(_network.Seed, _stream, 0);
        _oldestUnacknowledged = _firstSent;
    }

    public IPEndPoint LocalEndPoint { get; }

    public IPEndPoint RemoteEndPoint { get; }

    public TcpState State { get; private set; }

    /// <summary>Something to read, or the end.</summary>
    public LoopSignal Readable { get; }

    /// <summary>Room to write, or the end.</summary>
    public LoopSignal Writable { get; }

    /// <summary>The attempt to connect has ended.</summary>
    public LoopSignal Connected { get; }

    /// <summary>Set on the side that was connected to.</summary>
    public SimulatedStreamListener? Listener { get; set; }

    public ulong TableKey => Key(_remoteAddress, _remotePort, _localPort);

    public ushort LocalPort => _localPort;

    /// <summary>For the snapshot: what other stacks call the state.</summary>
    public string StateName => State switch
    {
        TcpState.SynSent => "SYN_SENT",
        TcpState.SynReceived => "SYN_RECV",
        TcpState.Dead => "CLOSED",
        _ => (_finSent, _finAcknowledged, _finReceived) switch
        {
            (false, _, false) => "ESTABLISHED",
            (false, _, true) => "CLOSE_WAIT",
            (true, false, true) => "LAST_ACK",
            (true, false, false) => "FIN_WAIT1",
            _ => "FIN_WAIT2",
        },
    };

    public int UnreadBytes => _in.Count;

    public int UnsentBytes => _out.Count;

    public static ulong Key(uint address, ushort port, ushort ownPort) =>
        ((ulong)address << 32) | ((ulong)port << 16) | ownPort;

    /// <summary>Sends the first segment of a handshake.</summary>
    public void Connect()
    {
        State = TcpState.SynSent;
        Record(NetworkEventKind.Connecting);
        SendSyn(TcpFlags.Syn, isRetransmission: false);
    }

    /// <summary>Answers the first segment of a handshake.</summary>
    public void Welcome(SimulatedPacket syn)
    {
        State = TcpState.SynReceived;
        _nextExpected = syn.SequenceNumber + 1;
        _peerWindow = syn.WindowBytes;
        SendSyn(TcpFlags.Syn | TcpFlags.Ack, isRetransmission: false);
    }

    public void ThrowIfBroken()
    {
        if (_broken != SocketError.Success)
        {
            throw new SocketException((int)_broken);
        }
    }

    /// <summary>Ends it with a reset. Those that wait learn of it in their turn.</summary>
    public void Abort()
    {
        if (State is TcpState.SynReceived or TcpState.Established)
        {
            Send(NextToSend, 0, TcpFlags.Rst | TcpFlags.Ack);
            Record(NetworkEventKind.Reset);
        }

        Die(SocketError.OperationAborted);
    }

    /// <summary>It is over on this side, and the other is not told.</summary>
    public void Die(SocketError error)
    {
        if (State == TcpState.Dead)
        {
            return;
        }

        _broken = error;
        Bury();
    }

    /// <summary>
    /// Nobody holds it any more: what was written still leaves, and nothing more is taken. Closing it with unread data
    /// is a reset (RFC 1122, 4.2.2.13).
    /// </summary>
    public void Detach()
    {
        if (_isDetached || State == TcpState.Dead)
        {
            return;
        }

        _isDetached = true;
        if (_in.Count > 0)
        {
            Abort();
            return;
        }

        Finish();
        BuryIfOver();
    }

    private void BuryIfOver()
    {
        if (_finAcknowledged && _finReceived)
        {
            _stack.Remember(this, _nextExpected, NextToSend);
            Bury();
        }
    }

    private void Bury()
    {
        if (State == TcpState.SynReceived)
        {
            Listener!.GaveUp();
        }

        State = TcpState.Dead;
        _timer.Stop();
        _out.Clear();
        if (_broken != SocketError.Success)
        {
            _in.Clear();
        }

        _early.Clear();
        _stack.Remove(this);
        Record(NetworkEventKind.Closed);
        Connected.SetLater();
        Readable.SetLater();
        Writable.SetLater();
    }

    private void Record(NetworkEventKind kind)
    {
        if (_network.Trace.IsEnabled)
        {
            var peer = _host.IsOwn(_remoteAddress) ? _host : _network.FindHost(_remoteAddress);
            _network.Tracer.Record(kind, _host.Name, peer?.Name ?? "", $"{LocalEndPoint} > {RemoteEndPoint}");
        }
    }
}

using System.Net.Sockets;

namespace Transports.Testing;

internal sealed partial class TcpConnection
{
    private const int EthernetMtu = 1500;
    private const int HeaderBytes = 40;
    private const ulong JoinStream = 0x4A4F494E;

    private static readonly TimeSpan FirstTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(60);

    private readonly ByteRing _out = new();
    private readonly uint _firstSent;
    private uint _oldestUnacknowledged;
    private int _inFlight;
    private int _peerWindow;
    private int _duplicates;
    private int _tries;
    private ulong _writes;
    private TimedAction? _joining;
    private bool _isJoining;
    private bool _finQueued;
    private bool _finSent;
    private bool _finAcknowledged;
    private TimeSpan _timeout = FirstTimeout;
    private TimeSpan _smoothedRoundTrip;
    private TimeSpan _roundTripVariation;
    private long _timedAt = -1;
    private uint _timedSequence;

    /// <summary>The number of what is sent next (SND.NXT).</summary>
    private uint NextToSend => _oldestUnacknowledged + (uint)_inFlight
        + (State is TcpState.SynSent or TcpState.SynReceived ? 1u : 0)
        + (_finSent && !_finAcknowledged ? 1u : 0);

    private bool IsOutstanding =>
        State is TcpState.SynSent or TcpState.SynReceived || _inFlight > 0 || (_finSent && !_finAcknowledged);

    private int SegmentBytes
    {
        get
        {
            var mtu = _network.FindHost(_remoteAddress) is { } peer
                ? _network.Link(_host, peer).Conditions.MtuBytes
                : 0;
            return Math.Max(1, (mtu == 0 ? EthernetMtu : Math.Min(mtu, EthernetMtu)) - HeaderBytes);
        }
    }

    /// <summary>Takes as much as there is room for.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        ThrowIfBroken();
        if (State != TcpState.Established || _finQueued)
        {
            throw new SocketException((int)SocketError.Shutdown);
        }

        var count = Math.Min(bytes.Length, _network.Options.TcpSendBufferBytes - _out.Count);
        if (count > 0)
        {
            _out.Write(bytes[..count]);
            TransmitSoon();
        }

        return count;
    }

    /// <summary>Nothing more will be written (FIN).</summary>
    public void Finish()
    {
        if (State == TcpState.Established && !_finQueued)
        {
            _finQueued = true;
            Transmit();
        }
    }

    /// <summary>
    /// Half of the writes wait for those that follow at the same time, and share their segments: nobody may rely on a
    /// write being a read at the other end.
    /// </summary>
    private void TransmitSoon()
    {
        if (_isJoining)
        {
            return;
        }

        if (!_network.Options.SplitReads || (Draws.Mix(_network.Seed, _stream ^ JoinStream, ++_writes) & 1) == 0)
        {
            Transmit();
            return;
        }

        _isJoining = true;
        _joining ??= new TimedAction(EndJoining, isTraffic: true);
        _network.Loop.Agenda.Add(_network.Loop.NowTicks, _joining);
    }

    private void EndJoining()
    {
        _isJoining = false;
        Transmit();
    }

    private void Transmit()
    {
        if (State != TcpState.Established)
        {
            return;
        }

        while (_out.Count > _inFlight)
        {
            var unsent = _out.Count - _inFlight;
            var count = Math.Min(Math.Min(unsent, _peerWindow - _inFlight), SegmentBytes);
            if (count <= 0 || (count < unsent && count < SegmentBytes && _inFlight > 0))
            {
                break;
            }

            TimeSegment();
            Send(_oldestUnacknowledged + (uint)_inFlight, count, TcpFlags.Ack | TcpFlags.Psh);
            _inFlight += count;
        }

        if (_finQueued && !_finSent && _out.Count == _inFlight)
        {
            Send(NextToSend, 0, TcpFlags.Fin | TcpFlags.Ack);
            _finSent = true;
            Record(NetworkEventKind.Finished);
        }

        if (!_timer.IsDue && (IsOutstanding || _out.Count > 0))
        {
            _timer.Start(_timeout);
        }
    }

    private void TimeSegment()
    {
        if (_timedAt < 0)
        {
            (_timedAt, _timedSequence) = (_network.Loop.NowTicks, NextToSend);
        }
    }

    private void SendSyn(TcpFlags flags, bool isRetransmission)
    {
        Send(_firstSent, 0, flags, isRetransmission);
        _timer.Start(_timeout);
    }

    private void Send(uint sequence, int count, TcpFlags flags, bool isRetransmission = false)
    {
        var packet = _network.Packets.Rent();
        packet.Protocol = NetworkProtocol.Tcp;
        (packet.SourceAddress, packet.SourcePort) = (_localAddress, _localPort);
        (packet.DestinationAddress, packet.DestinationPort) = (_remoteAddress, _remotePort);
        (packet.SequenceNumber, packet.Flags) = (sequence, flags);
        packet.AcknowledgmentNumber = (flags & TcpFlags.Ack) != 0 ? _nextExpected : 0;
        packet.WindowBytes = Window;
        packet.IsRetransmission = isRetransmission;
        if (count > 0)
        {
            Span<byte> payload = stackalloc byte[EthernetMtu];
            _out.Peek((int)(sequence - _oldestUnacknowledged), payload[..count]);
            packet.Fill(payload[..count]);
        }

        if ((flags & TcpFlags.Ack) != 0)
        {
            (_owesAcknowledgment, _offeredEdge) = (false, _nextExpected + (uint)Window);
        }

        _host.Send(packet);
    }

    /// <summary>Takes what the peer says that it has (RFC 9293, 3.10.7.4).</summary>
    private void Acknowledge(SimulatedPacket packet)
    {
        var acknowledged = packet.AcknowledgmentNumber - _oldestUnacknowledged;
        if (acknowledged > (uint)_inFlight + (_finSent && !_finAcknowledged ? 1u : 0))
        {
            return;
        }

        var isDuplicate = acknowledged == 0 && packet.Length == 0 && IsOutstanding
            && packet.WindowBytes == _peerWindow && (packet.Flags & TcpFlags.Fin) == 0;
        _peerWindow = packet.WindowBytes;
        if (acknowledged > 0)
        {
            Advance(acknowledged, packet.AcknowledgmentNumber);
        }
        else if (isDuplicate && ++_duplicates == 3)
        {
            // Three in a row: the segment is lost, and not merely late (RFC 5681, 3.2).
            Retransmit();
        }
    }

    private void Advance(uint acknowledged, uint number)
    {
        var bytes = (int)Math.Min(acknowledged, (uint)_inFlight);
        _finAcknowledged |= acknowledged > bytes;
        _out.Skip(bytes);
        _inFlight -= bytes;
        _oldestUnacknowledged = number;
        (_duplicates, _tries) = (0, 0);
        if (_timedAt >= 0 && (int)(number - _timedSequence) > 0)
        {
            Measure(TimeSpan.FromTicks(_network.Loop.NowTicks - _timedAt));
            _timedAt = -1;
        }

        _timer.Stop();
        if (IsOutstanding)
        {
            _timer.Start(_timeout);
        }

        Writable.SetLater();
    }

    /// <summary>RFC 6298, 2.</summary>
    private void Measure(TimeSpan roundTrip)
    {
        if (_smoothedRoundTrip == TimeSpan.Zero)
        {
            (_smoothedRoundTrip, _roundTripVariation) = (roundTrip, roundTrip / 2);
        }
        else
        {
            _roundTripVariation = (_roundTripVariation * 0.75) + ((_smoothedRoundTrip - roundTrip).Duration() * 0.25);
            _smoothedRoundTrip = (_smoothedRoundTrip * 0.875) + (roundTrip * 0.125);
        }

        var timeout = _smoothedRoundTrip + (_roundTripVariation * 4);
        _timeout = timeout < LeastTimeout ? LeastTimeout : timeout > LongestTimeout ? LongestTimeout : timeout;
    }

    private void OnTimer()
    {
        var isOpening = State is TcpState.SynSent or TcpState.SynReceived;
        if (++_tries > (isOpening ? SynTries : _isDetached ? OrphanTries : DataTries))
        {
            Die(SocketError.TimedOut);
            return;
        }

        _timeout = _timeout * 2 < LongestTimeout ? _timeout * 2 : LongestTimeout;
        if (IsOutstanding)
        {
            Retransmit();
        }
        else if (_out.Count > 0 && _peerWindow == 0)
        {
            // A window probe: an old number makes the peer say what its window is now (RFC 9293, 3.8.6.1). A peer that
            // answers is slow and not gone, so it is asked for ever.
            Send(_oldestUnacknowledged - 1, 0, TcpFlags.Ack);
        }
        else
        {
            Transmit();
        }

        if (State != TcpState.Dead && (IsOutstanding || _out.Count > 0))
        {
            _timer.Start(_timeout);
        }
    }

    /// <summary>Sends the oldest segment again. What it measures of the round trip is void (Karn).</summary>
    private void Retransmit()
    {
        _timedAt = -1;
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            SendSyn(State == TcpState.SynSent ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack, isRetransmission: true);
        }
        else if (_inFlight > 0)
        {
            Send(
                _oldestUnacknowledged,
                Math.Min(_inFlight, SegmentBytes),
                TcpFlags.Ack | TcpFlags.Psh,
                isRetransmission: true);
        }
        else if (_finSent && !_finAcknowledged)
        {
            Send(_oldestUnacknowledged, 0, TcpFlags.Fin | TcpFlags.Ack, isRetransmission: true);
        }
    }
}

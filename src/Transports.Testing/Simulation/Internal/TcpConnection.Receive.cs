using System.Net.Sockets;

namespace Transports.Testing;

internal sealed partial class TcpConnection
{
    private const ulong SplitStream = 0x53504C49;

    private readonly ByteRing _in = new();
    private readonly SortedList<long, byte[]> _early = [];
    private uint _nextExpected;
    private uint _offeredEdge;
    private ulong _reads;
    private long _position;
    private long _finPosition = -1;
    private bool _finReceived;
    private bool _owesAcknowledgment;

    /// <summary>Whether a read would not wait.</summary>
    public bool IsReadable => _in.Count > 0 || _finReceived || State == TcpState.Dead;

    private int Window => _network.Options.TcpReceiveBufferBytes - _in.Count;

    /// <summary>Reads what there is, or a part of it that the seed chooses; 0 at the end.</summary>
    public int Read(Span<byte> destination)
    {
        ThrowIfBroken();
        var count = Math.Min(destination.Length, _in.Count);
        if (count > 1 && _network.Options.SplitReads)
        {
            var draw = Draws.Mix(_network.Seed, _stream ^ SplitStream, ++_reads);
            count = (draw & 1) == 0 ? count : 1 + (int)((draw >> 1) % (ulong)count);
        }

        _in.Peek(0, destination[..count]);
        _in.Skip(count);
        OfferWindow();
        return count;
    }

    /// <summary>A segment has arrived (RFC 9293, 3.10.7).</summary>
    public void Arrive(SimulatedPacket packet)
    {
        if ((packet.Flags & TcpFlags.Rst) != 0)
        {
            TakeReset(packet);
        }
        else if (State == TcpState.SynSent)
        {
            FinishHandshake(packet);
        }
        else if ((packet.Flags & TcpFlags.Syn) != 0)
        {
            // The peer has not heard our last segment of the handshake.
            RepeatHandshake();
        }
        else if ((packet.Flags & TcpFlags.Ack) != 0)
        {
            TakeSegment(packet);
        }
    }

    private void TakeReset(SimulatedPacket packet)
    {
        if (State == TcpState.SynSent)
        {
            if (packet.AcknowledgmentNumber == _firstSent + 1)
            {
                Record(NetworkEventKind.Refused);
                Die(SocketError.ConnectionRefused);
            }

            return;
        }

        // Only one that fits exactly is believed (RFC 5961, 3.2).
        if (packet.SequenceNumber == _nextExpected)
        {
            Record(NetworkEventKind.Reset);
            Die(SocketError.ConnectionReset);
        }
    }

    private void FinishHandshake(SimulatedPacket packet)
    {
        const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;
        if ((packet.Flags & SynAck) != SynAck || packet.AcknowledgmentNumber != _firstSent + 1)
        {
            return;
        }

        _nextExpected = packet.SequenceNumber + 1;
        _peerWindow = packet.WindowBytes;
        Establish();
        Send(NextToSend, 0, TcpFlags.Ack);
        Record(NetworkEventKind.Connected);
        Connected.Set();
    }

    private void RepeatHandshake()
    {
        if (State == TcpState.SynReceived)
        {
            SendSyn(TcpFlags.Syn | TcpFlags.Ack, isRetransmission: true);
        }
        else
        {
            Send(NextToSend, 0, TcpFlags.Ack);
        }
    }

    private void Establish()
    {
        State = TcpState.Established;
        _oldestUnacknowledged = _firstSent + 1;
        (_tries, _timeout) = (0, FirstTimeout);
        _timer.Stop();
    }

    private void TakeSegment(SimulatedPacket packet)
    {
        if (State == TcpState.SynReceived)
        {
            if (packet.AcknowledgmentNumber != _firstSent + 1)
            {
                return;
            }

            Establish();
            Record(NetworkEventKind.Accepted);
            Listener!.Arrived(this);
        }

        Acknowledge(packet);
        if (TakeData(packet))
        {
            return;
        }

        BuryIfOver();
        Transmit();
        if (_owesAcknowledgment && State != TcpState.Dead)
        {
            Send(NextToSend, 0, TcpFlags.Ack);
        }
    }

    /// <summary>Takes the payload and the end of the stream; true when that was the end of the connection.</summary>
    private bool TakeData(SimulatedPacket packet)
    {
        var isFin = (packet.Flags & TcpFlags.Fin) != 0;
        var offset = (int)(packet.SequenceNumber - _nextExpected);
        _owesAcknowledgment |= packet.Length > 0 || isFin || offset != 0;
        if (packet.Length > 0 && _isDetached && offset + packet.Length > 0)
        {
            // Nobody is there to read it: the peer has to know (RFC 1122, 4.2.2.13).
            Abort();
            return true;
        }

        if (isFin)
        {
            _finPosition = _position + offset + packet.Length;
        }

        if (packet.Length > 0 && offset + packet.Length > 0)
        {
            TakePayload(packet, offset);
        }

        if (_finPosition == _position && !_finReceived)
        {
            _finReceived = true;
            _nextExpected++;
            Readable.Set();
        }

        return State == TcpState.Dead;
    }

    private void TakePayload(SimulatedPacket packet, int offset)
    {
        if (offset > 0)
        {
            if (offset + packet.Length <= Window)
            {
                _early[_position + offset] = packet.Payload.ToArray();
            }

            return;
        }

        Append(packet.Payload.Span[-offset..]);
        while (_early.Count > 0 && _early.GetKeyAtIndex(0) <= _position)
        {
            var (start, bytes) = (_early.GetKeyAtIndex(0), _early.GetValueAtIndex(0));
            _early.RemoveAt(0);
            if (start + bytes.Length > _position)
            {
                Append(bytes.AsSpan((int)(_position - start)));
            }
        }

        Readable.Set();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var taken = bytes[..Math.Min(bytes.Length, Window)];
        _in.Write(taken);
        _nextExpected += (uint)taken.Length;
        _position += taken.Length;
    }

    /// <summary>Tells a sender that waits for a window when it is worth its while (RFC 9293, 3.8.6.2.2).</summary>
    private void OfferWindow()
    {
        var gained = (int)(_nextExpected + (uint)Window - _offeredEdge);
        var worth = Math.Min(SegmentBytes, _network.Options.TcpReceiveBufferBytes / 2);
        var left = (int)(_offeredEdge - _nextExpected);
        if (State == TcpState.Established && !_finReceived && left < SegmentBytes && gained >= Math.Max(1, worth))
        {
            Send(NextToSend, 0, TcpFlags.Ack);
        }
    }
}

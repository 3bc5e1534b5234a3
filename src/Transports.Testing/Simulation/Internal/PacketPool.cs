namespace Transports.Testing;

/// <summary>Packets that are used again. For the loop's thread.</summary>
internal sealed class PacketPool
{
    private const int MaxKept = 1024;

    private readonly Stack<SimulatedPacket> _free = new();

    public SimulatedPacket Rent() => _free.TryPop(out var packet) ? packet : new SimulatedPacket();

    /// <summary>Takes a packet back, unless a rule or a test may still look at it.</summary>
    public void Return(SimulatedPacket packet)
    {
        if (packet.IsSeen)
        {
            return;
        }

        (packet.Copy, packet.Copies, packet.Kept, packet.Length, packet.WindowBytes) = (0, 0, null, 0, 0);
        (packet.SequenceNumber, packet.AcknowledgmentNumber) = (0, 0);
        (packet.IsDamaged, packet.IsRetransmission, packet.Flags) = (false, false, TcpFlags.None);
        if (_free.Count < MaxKept)
        {
            _free.Push(packet);
        }
        else
        {
            packet.Release();
        }
    }

    public SimulatedPacket Clone(SimulatedPacket packet)
    {
        var copy = Rent();
        copy.Fill(packet.Payload.Span);
        (copy.Link, copy.Number, copy.Protocol, copy.Kept) = (packet.Link, packet.Number, packet.Protocol, packet.Kept);
        (copy.SourceAddress, copy.SourcePort) = (packet.SourceAddress, packet.SourcePort);
        (copy.DestinationAddress, copy.DestinationPort) = (packet.DestinationAddress, packet.DestinationPort);
        (copy.SequenceNumber, copy.AcknowledgmentNumber) = (packet.SequenceNumber, packet.AcknowledgmentNumber);
        (copy.Flags, copy.WindowBytes) = (packet.Flags, packet.WindowBytes);
        (copy.IsRetransmission, copy.IsDamaged) = (packet.IsRetransmission, packet.IsDamaged);
        return copy;
    }
}

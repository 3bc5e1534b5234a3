namespace Transports.Testing;

public sealed partial class SimulatedLink
{
    /// <summary>Puts a packet on the link. On the loop's thread.</summary>
    internal void Send(SimulatedPacket packet)
    {
        packet.Link = this;
        packet.Number = ++_sent;
        _network.Tracer.Sent(packet);
        if (_partitions > 0)
        {
            Lose(packet, NetworkFault.Partition);
            return;
        }

        var verdict = _rules.Count == 0 ? Verdict.Pass : Ask(packet);
        if (verdict.IsDrop)
        {
            Lose(packet, verdict.Fault);
        }
        else if (verdict.IsReset)
        {
            Reset(packet);
        }
        else if (_holds > 0 || verdict.IsHold)
        {
            Keep(packet, verdict);
        }
        else
        {
            Admit(packet, verdict);
        }
    }

    /// <summary>A packet has come to the end of the link.</summary>
    internal void Arrive(SimulatedPacket packet) => Destination.Arrive(packet);

    /// <summary>It is lost, here or where it was to be received.</summary>
    internal void Lose(SimulatedPacket packet, NetworkFault fault)
    {
        _network.Tracer.Packet(NetworkEventKind.Dropped, packet, fault);
        _network.Packets.Return(packet);
    }

    /// <summary>
    /// An ICMP message crosses the link: it takes its time, and shares its partitions, but not its luck.
    /// </summary>
    internal void SendError(Action arrive)
    {
        if (_partitions == 0)
        {
            _loop.Agenda.Add(_loop.NowTicks + _model.Conditions.Delay.Ticks, new TimedAction(arrive, isTraffic: true));
        }
    }

    private Verdict Ask(SimulatedPacket packet)
    {
        packet.IsSeen = true;
        using (_loop.EnterUser())
        {
            foreach (var rule in _rules)
            {
                var verdict = rule(packet);
                if (!verdict.IsPass)
                {
                    return verdict;
                }
            }
        }

        return Verdict.Pass;
    }

    private void Reset(SimulatedPacket packet)
    {
        if (packet.Protocol == NetworkProtocol.Tcp)
        {
            Source.Streams.Break(packet.SourcePort, packet.DestinationAddress, packet.DestinationPort);
            Destination.Streams.Break(packet.DestinationPort, packet.SourceAddress, packet.SourcePort);
        }

        Lose(packet, NetworkFault.Reset);
    }

    private void Keep(SimulatedPacket packet, in Verdict verdict)
    {
        packet.IsSeen = true;
        packet.Verdict = verdict;
        _network.Tracer.Packet(NetworkEventKind.Held, packet, NetworkFault.Held);
        lock (_held)
        {
            _held.Add(packet);
        }
    }

    private void LetGo(SimulatedPacket packet)
    {
        _network.Tracer.Packet(NetworkEventKind.Released, packet);
        Admit(packet, packet.Verdict);
    }

    private void Admit(SimulatedPacket packet, Verdict verdict)
    {
        var now = _loop.NowTicks;
        var admission = _network.Faults.Decide(
            this, packet, _model.Admit(packet.Number, packet.Length, packet.HeaderBytes, now), _model.Conditions, now);
        if (admission.HasCopy)
        {
            PutCopy(packet, admission.Copy, verdict);
        }

        for (var copy = 0; copy < verdict.Copies; copy++)
        {
            PutCopy(packet, admission.Original, verdict);
        }

        Put(packet, admission.Original, verdict);
    }

    private void SendAgain(SimulatedPacket packet)
    {
        var due = _loop.NowTicks + _model.Conditions.Delay.Ticks;
        PutCopy(packet, new PacketFate(NetworkFault.None, due, packet.Length, false, false, false), Verdict.Pass);
    }

    private void PutCopy(SimulatedPacket packet, in PacketFate fate, in Verdict verdict)
    {
        var copy = _network.Packets.Clone(packet);
        copy.Copy = ++packet.Copies;
        _network.Tracer.Packet(NetworkEventKind.Duplicated, copy, NetworkFault.Duplicate);
        Put(copy, fate, verdict);
    }

    private void Put(SimulatedPacket packet, in PacketFate fate, in Verdict verdict)
    {
        if (!fate.IsDelivered)
        {
            Lose(packet, fate.Drop);
            return;
        }

        if (fate.IsReordered)
        {
            _network.Tracer.Packet(NetworkEventKind.Reordered, packet, NetworkFault.Reorder);
        }

        Damage(packet, fate, verdict);
        _loop.Agenda.Add(fate.DueTicks + verdict.Delay.Ticks, packet);
    }

    private void Damage(SimulatedPacket packet, in PacketFate fate, in Verdict verdict)
    {
        var length = Math.Min(fate.IsTruncated ? fate.PayloadBytes : packet.Length, verdict.Bytes ?? packet.Length);
        if (length < packet.Length)
        {
            packet.Length = length;
            MarkDamaged(packet, NetworkEventKind.Truncated, NetworkFault.Truncate);
        }

        if (fate.IsCorrupt || verdict.IsCorrupt)
        {
            _model.Corrupt(packet.Buffer.AsSpan(0, packet.Length), packet.Number, packet.Copy > 0);
            MarkDamaged(packet, NetworkEventKind.Corrupted, NetworkFault.Corrupt);
        }
    }

    private void MarkDamaged(SimulatedPacket packet, NetworkEventKind kind, NetworkFault fault)
    {
        packet.IsDamaged = true;
        packet.Kept = null;
        _network.Tracer.Packet(kind, packet, fault);
    }
}

namespace Transports.Testing;

/// <summary>Writes the trace of a network: fills in what all events have in common. For the loop's thread.</summary>
internal sealed class Tracer(NetworkTrace trace, VirtualTimeProvider time)
{
    public void Sent(SimulatedPacket packet) =>
        Packet(packet.IsRetransmission ? NetworkEventKind.Retransmitted : NetworkEventKind.Sent, packet);

    public void Packet(NetworkEventKind kind, SimulatedPacket packet, NetworkFault fault = NetworkFault.None)
    {
        if (fault != NetworkFault.None)
        {
            trace.Count(fault);
        }

        if (!trace.IsEnabled)
        {
            return;
        }

        trace.Record(new NetworkTraceEvent
        {
            Time = time.Elapsed,
            Kind = kind,
            Fault = fault,
            Source = packet.Link.Source.Name,
            Destination = packet.Link.Destination.Name,
            SourceEndPoint = packet.Source,
            DestinationEndPoint = packet.Destination,
            Protocol = packet.Protocol,
            PacketNumber = packet.Number,
            Copy = packet.Copy,
            SequenceNumber = packet.SequenceNumber,
            AcknowledgmentNumber = packet.AcknowledgmentNumber,
            Flags = packet.Flags,
            WindowBytes = packet.WindowBytes,
            PayloadBytes = packet.Length,
            Payload = packet.Kept ??= trace.Keep(packet.Payload.Span),
        });
    }

    public void Record(NetworkEventKind kind, string source, string destination, string? note = null)
    {
        if (trace.IsEnabled)
        {
            trace.Record(new NetworkTraceEvent
            {
                Time = time.Elapsed,
                Kind = kind,
                Source = source,
                Destination = destination,
                Note = note,
            });
        }
    }
}

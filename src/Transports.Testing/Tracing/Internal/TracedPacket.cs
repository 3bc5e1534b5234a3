namespace Transports.Testing;

/// <summary>One copy of a packet, put together from its events.</summary>
/// <param name="First">How it came to be: sent, retransmitted, or duplicated by the link.</param>
internal sealed record TracedPacket(NetworkTraceEvent First)
{
    /// <summary>How it ended: delivered or dropped; null while it is under way.</summary>
    public NetworkTraceEvent? Last { get; private set; }

    /// <summary>What befell it on the way, in order.</summary>
    public List<string> Remarks { get; } = [];

    public bool IsDropped => Last?.Kind == NetworkEventKind.Dropped;

    public bool IsCopy => First.Copy > 0;

    public bool IsRetransmission => First.Kind == NetworkEventKind.Retransmitted;

    /// <summary>Puts the packets of a trace together, in the order in which they came to be.</summary>
    public static List<TracedPacket> From(IEnumerable<NetworkTraceEvent> events)
    {
        var packets = new List<TracedPacket>();
        var known = new Dictionary<(string, string, NetworkProtocol, long, int), TracedPacket>();
        foreach (var item in events.Where(item => item.Protocol != NetworkProtocol.None))
        {
            var key = (item.Source, item.Destination, item.Protocol, item.PacketNumber, item.Copy);
            if (!known.TryGetValue(key, out var packet))
            {
                packet = new TracedPacket(item);
                known.Add(key, packet);
                packets.Add(packet);
            }

            packet.Add(item);
        }

        return packets;
    }

    private void Add(NetworkTraceEvent item)
    {
        if (item.Kind is NetworkEventKind.Delivered or NetworkEventKind.Dropped)
        {
            Last = item;
        }

        var remark = item.Kind switch
        {
            NetworkEventKind.Retransmitted => "retransmission",
            NetworkEventKind.Dropped => $"dropped: {TraceTexts.Name(item.Fault)}",
            NetworkEventKind.Duplicated => FormattableString.Invariant($"copy of #{item.PacketNumber}"),
            NetworkEventKind.Corrupted or NetworkEventKind.Truncated or NetworkEventKind.Reordered
                or NetworkEventKind.Held or NetworkEventKind.Released => TraceTexts.Lower(item.Kind),
            _ => null,
        };
        if (remark is not null)
        {
            Remarks.Add(remark);
        }
    }
}

using System.Text;

namespace Transports.Testing;

/// <summary>Writes a Mermaid sequence diagram. Its arrows lie level, so the latency stands beside them.</summary>
internal sealed class MermaidDiagram(IReadOnlyList<NetworkTraceEvent> events, int maxPackets)
{
    private readonly Dictionary<string, string> _hosts = [];
    private readonly StringBuilder _text = new("sequenceDiagram\n");

    public string Write()
    {
        foreach (var name in events.SelectMany(item => new[] { item.Source, item.Destination }))
        {
            if (name.Length > 0 && _hosts.TryAdd(name, $"h{_hosts.Count}"))
            {
                _text.Append("    participant ").Append(_hosts[name]).Append(" as ").Append(Escape(name)).Append('\n');
            }
        }

        var packets = TracedPacket.From(events).ToDictionary(packet => packet.First.Sequence);
        var left = maxPackets;
        foreach (var item in events)
        {
            if (packets.TryGetValue(item.Sequence, out var packet))
            {
                Arrow(packet, ref left);
            }
            else if (item.Protocol == NetworkProtocol.None && _hosts.TryGetValue(item.Source, out var host))
            {
                var note = Escape(TraceTexts.Remark(item));
                _text.Append("    Note over ").Append(host).Append(": ").Append(note).Append('\n');
            }
        }

        if (left < 0)
        {
            _text.Append("    Note over h0: and ").Append(-left).Append(" more packets\n");
        }

        return _text.ToString();
    }

    private void Arrow(TracedPacket packet, ref int left)
    {
        if (--left < 0)
        {
            return;
        }

        var arrow = packet.IsDropped ? "--x" : packet.Last is null ? "--)" : packet.IsRetransmission ? "-->>" : "->>";
        var label = TraceTexts.ShortLabel(packet.First);
        var remarks = string.Join(", ", packet.Remarks);
        if (packet.Last is { Kind: NetworkEventKind.Delivered } last)
        {
            remarks += $"{(remarks.Length > 0 ? ", " : "")}{TraceTexts.Milliseconds(last.Time - packet.First.Time)} ms";
        }

        _text.Append("    ").Append(_hosts[packet.First.Source]).Append(arrow).Append(_hosts[packet.First.Destination])
            .Append(": ").Append(Escape(remarks.Length > 0 ? $"{label} ({remarks})" : label)).Append('\n');
    }

    /// <summary>Mermaid's own escapes: anything but letters, digits and harmless signs becomes its number.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || (rune.IsAscii && " .,:()/\\=+-[]_".Contains((char)rune.Value)))
            {
                escaped.Append(rune);
            }
            else
            {
                escaped.Append('#').Append(rune.Value).Append(';');
            }
        }

        return escaped.ToString();
    }
}

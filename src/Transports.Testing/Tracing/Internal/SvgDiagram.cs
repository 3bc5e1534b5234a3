using System.Globalization;
using System.Security;
using System.Text;

namespace Transports.Testing;

/// <summary>Writes a sequence diagram as SVG: a line down for each host, an arrow for each copy of a packet.</summary>
/// <remarks>
/// Down is later. The height grows with the events and, slowly, with the time between them: an hour of silence takes as
/// much room as a few packets. Labels lie flat, on top of all lines, so that none is struck out and those of one host
/// never cover each other.
/// </remarks>
internal sealed class SvgDiagram
{
    private const int Left = 150;
    private const int Right = 60;
    private const int LaneWidth = 440;
    private const int Top = 96;
    private const int LabelHeight = 22;
    private const int EventHeight = 6;

    private readonly IReadOnlyList<NetworkTraceEvent> _events;
    private readonly List<TracedPacket> _packets;
    private readonly Dictionary<string, int> _lanes = [];
    private readonly Dictionary<long, double> _heights = [];
    private readonly StringBuilder _svg = new();
    private readonly int _hidden;

    public SvgDiagram(IReadOnlyList<NetworkTraceEvent> events, int maxPackets)
    {
        var all = TracedPacket.From(events);
        _packets = [.. all.Take(maxPackets)];
        _hidden = all.Count - _packets.Count;
        var end = _hidden > 0 ? all[maxPackets].First.Sequence : long.MaxValue;
        var shown = _packets.SelectMany(packet => new[] { packet.First, packet.Last })
            .Select(item => item?.Sequence).ToHashSet();
        _events =
        [
            .. events.Where(item => shown.Contains(item.Sequence)
                || (item.Protocol == NetworkProtocol.None && item.Sequence < end)),
        ];
    }

    public string Write()
    {
        var height = Lay();
        var width = Left + (Math.Max(1, _lanes.Count - 1) * LaneWidth) + Right;
        Add($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:0}" width="{width}" height="{height:0}"
              role="img" aria-label="Sequence diagram">
            <rect class="ground" width="{width}" height="{height:0}"/>
            """);
        SvgStyle.AddDefinitions(_svg, Left);
        foreach (var (name, lane) in _lanes)
        {
            Add($"""
                <line class="lane" x1="{X(lane)}" y1="{Top - 12}" x2="{X(lane)}" y2="{height - 24:0}"/>
                <text class="host" x="{X(lane)}" y="{Top - 22}">{Escape(name)}</text>
                """);
        }

        _packets.ForEach(WriteArrow);
        _packets.ForEach(WriteLabel);
        WriteTimes();

        if (_hidden > 0)
        {
            Add($"<text class=\"note\" x=\"{Left}\" y=\"{height - 8:0}\">and {_hidden} more packets</text>");
        }

        return _svg.Append("</svg>\n").ToString();
    }

    /// <summary>Gives every host its lane and every event its height, and returns the height of all.</summary>
    private double Lay()
    {
        double y = Top;
        var time = TimeSpan.Zero;
        foreach (var item in _events)
        {
            foreach (var name in (string[])[item.Source, item.Destination])
            {
                if (name.Length > 0)
                {
                    _lanes.TryAdd(name, _lanes.Count);
                }
            }

            y += item.Kind is NetworkEventKind.Delivered or NetworkEventKind.Dropped ? EventHeight : LabelHeight;
            y += 8 * Math.Log10(1 + Math.Max(0, (item.Time - time).TotalMilliseconds));
            time = item.Time;
            _heights[item.Sequence] = y;
        }

        return y + 60;
    }

    private void WriteTimes()
    {
        var shownTime = TimeSpan.MinValue;
        var shownY = double.MinValue;
        foreach (var item in _events)
        {
            var y = _heights[item.Sequence];
            if (item.Time != shownTime && y - shownY >= 13)
            {
                var time = TraceTexts.ShortMilliseconds(item.Time);
                Add($"<text class=\"time\" x=\"{Left - 40}\" y=\"{y + 4:0.#}\">{time} ms</text>");
                (shownTime, shownY) = (item.Time, y);
            }

            if (item.Protocol == NetworkProtocol.None && _lanes.TryGetValue(item.Source, out var lane))
            {
                var remark = Escape(TraceTexts.Remark(item));
                var (anchor, x) = IsLast(lane) ? ("end", X(lane) - 8) : ("start", X(lane) + 8);
                Add($"""
                    <circle class="event" cx="{X(lane)}" cy="{y:0.#}" r="3.5"/>
                    <text class="note" x="{x}" y="{y + 4:0.#}" text-anchor="{anchor}">{remark}</text>
                    """);
            }
        }
    }

    private void WriteArrow(TracedPacket packet)
    {
        double from = X(_lanes[packet.First.Source]);
        double to = X(_lanes.GetValueOrDefault(packet.First.Destination, _lanes[packet.First.Source]));
        var y1 = _heights[packet.First.Sequence];
        var y2 = packet.Last is { } last && last != packet.First ? _heights[last.Sequence] : y1 + LabelHeight;
        var kind = Kind(packet);
        if (packet.Last is not { Kind: NetworkEventKind.Delivered })
        {
            to = from + ((to - from) * 0.6);
            y2 = Math.Min(y2, y1 + LabelHeight);
        }

        Add($"""
            <line class="{kind}" x1="{from}" y1="{y1:0.#}" x2="{to:0.#}" y2="{y2:0.#}"{Marker(packet, kind)}/>
            """);
        if (packet.IsDropped)
        {
            Add($"<path class=\"cross\" d=\"M{to - 6:0.#} {y2 - 6:0.#}l12 12m0 -12l-12 12\"/>");
        }
    }

    private void WriteLabel(TracedPacket packet)
    {
        var remarks = packet.Remarks.Count > 0 ? $" ({string.Join(", ", packet.Remarks)})" : "";
        var label = Escape(TraceTexts.ShortLabel(packet.First) + remarks);
        var from = _lanes[packet.First.Source];
        var isLeftward = _lanes.GetValueOrDefault(packet.First.Destination, from) < from || IsLast(from);
        var (anchor, x) = isLeftward ? ("end", X(from) - 12) : ("start", X(from) + 12);
        var y = _heights[packet.First.Sequence] - 4;
        Add($"<text class=\"{Kind(packet)}\" x=\"{x}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{label}</text>");
    }

    private static string Kind(TracedPacket packet) =>
        packet.IsDropped ? "lost" : packet.IsCopy ? "copy" : packet.IsRetransmission ? "again" : "sent";

    /// <summary>Whether it is the rightmost of several: texts beside it stand to its left.</summary>
    private bool IsLast(int lane) => lane > 0 && lane == _lanes.Count - 1;

    private static string Marker(TracedPacket packet, string kind) =>
        packet.Last is { Kind: NetworkEventKind.Delivered } ? $" marker-end=\"url(#{kind})\"" : "";

    private static int X(int lane) => Left + (lane * LaneWidth);

    private static string Escape(string text) => SecurityElement.Escape(
        string.Concat(text.EnumerateRunes().Select(rune => Rune.IsControl(rune) ? Rune.ReplacementChar : rune)));

    private void Add(FormattableString line) => _svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

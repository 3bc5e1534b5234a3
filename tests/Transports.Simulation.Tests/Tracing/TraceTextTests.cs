using System.Xml.Linq;
using Transports.Testing;

namespace Transports.Simulation.Tests.Tracing;

public class TraceTextTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void ToText_Datagrams_TellsEachEvent() => Assert.Equal(
        """
                0.0000 ms  sent          client > server  udp 49152>12000 #1 15 B "hello <&> world"
               40.0000 ms  delivered     client > server  udp 49152>12000 #1 15 B "hello <&> world"
               40.0000 ms  sent          server > client  udp 12000>49152 #1 15 B "HELLO <&> WORLD"
               41.0000 ms  sent          client > server  udp 49152>12000 #2 4 B "gone"
               41.0000 ms  dropped       client > server  udp 49152>12000 #2 4 B "gone"  [loss]
               80.0000 ms  delivered     server > client  udp 12000>49152 #1 15 B "HELLO <&> WORLD"
               90.0000 ms  sent          client > server  udp 49152>12000 #3 empty
               90.0000 ms  corrupted     client > server  udp 49152>12000 #3 empty  [corrupt]
               90.0000 ms  duplicated    client > server  udp 49152>12000 #3 copy 1 empty  [duplicate]
              120.0000 ms  delivered     client > server  udp 49152>12000 #3 copy 1 empty
              131.0000 ms  delivered     client > server  udp 49152>12000 #3 empty
          3600000.0000 ms  linkchanged   client > server  partition; #end

        """,
        SampleTrace.Datagrams().ToText());

    [Fact]
    public void ToText_OfTheLast_TellsOnlyThose()
    {
        var trace = SampleTrace.Stream();

        Assert.Equal(2, trace.ToText(last: 2).Count(character => character == '\n'));
        Assert.EndsWith(trace.ToText(last: 2), trace.ToText());
        Assert.Contains("retransmitted client > server  tcp 49152>12000 #4 PSH ACK seq=1001 ack=5001 6 B \"hello\\n\"",
            trace.ToText());
    }

    [Fact]
    public void ToMermaid_Datagrams_DrawsAndEscapes() => Assert.Equal(
        """
        sequenceDiagram
            participant h0 as client
            participant h1 as server
            h0->>h1: #35;1 15 B #34;hello #60;#38;#62; wo#34;... (40.0000 ms)
            h1->>h0: #35;1 15 B #34;HELLO #60;#38;#62; WO#34;... (40.0000 ms)
            h0--xh1: #35;2 4 B #34;gone#34; (dropped: loss)
            h0->>h1: #35;3 empty (corrupted, 41.0000 ms)
            h0->>h1: #35;3 empty (copy of #35;3, 30.0000 ms)
            Note over h0: link to server: partition#59; #35;end

        """,
        SampleTrace.Datagrams().ToMermaid());

    [Fact]
    public void ToMermaid_MorePacketsThanAsked_SaysHowMany() =>
        Assert.EndsWith("    Note over h0: and 7 more packets\n", SampleTrace.Stream().ToMermaid(maxPackets: 2));

    [Fact]
    public async Task WriteSvgAsync_Datagrams_DrawsSlantedArrowsAndACross()
    {
        var svg = await SvgOf(SampleTrace.Datagrams());

        var arrows = svg.Descendants(Svg + "line").Where(line => line.Attribute("marker-end") is not null).ToArray();
        Assert.Equal(["sent", "sent", "sent", "copy"], arrows.Select(line => (string)line.Attribute("class")!));
        Assert.All(arrows, line => Assert.True((double)line.Attribute("y2")! > (double)line.Attribute("y1")!));
        Assert.Single(svg.Descendants(Svg + "path"), path => (string?)path.Attribute("class") == "cross");
        var texts = svg.Descendants(Svg + "text").Select(text => text.Value).ToArray();
        Assert.Contains("#1 15 B \"hello <&> wo\"...", texts);
        Assert.Contains("#2 4 B \"gone\" (dropped: loss)", texts);
        Assert.Contains("link to server: partition; #end", texts);
        Assert.Contains("prefers-color-scheme: dark", svg.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("var(", svg.ToString(), StringComparison.Ordinal); // Few viewers know variables.
    }

    [Fact]
    public async Task WriteSvgAsync_Stream_HasAColourForRetransmissions()
    {
        var svg = await SvgOf(SampleTrace.Stream());

        Assert.Single(svg.Descendants(Svg + "line"),
            line => (string?)line.Attribute("class") == "again" && line.Attribute("marker-end") is not null);
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteSvgAsync_Stream_NoLineStrikesALabelOut()
    {
        var drawn = (await SvgOf(SampleTrace.Stream())).Elements().ToArray();

        var labels = drawn.Where(item => item.Name == Svg + "text" && item.Value.StartsWith('#')).ToArray();
        Assert.Equal(9, labels.Length);
        Assert.Equal(["start", "end"], labels.Select(label => (string)label.Attribute("text-anchor")!).Distinct());
        Assert.DoesNotContain(drawn.SkipWhile(item => item != labels[0]), item => item.Name == Svg + "line");
        foreach (var side in labels.GroupBy(label => (string)label.Attribute("x")!))
        {
            var heights = side.Select(label => (double)label.Attribute("y")!).ToArray();
            Assert.All(heights.Zip(heights.Skip(1)), pair => Assert.True(pair.Second - pair.First > 14));
        }
    }

    [Fact]
    public async Task WriteSvgAsync_MorePacketsThanAsked_SaysHowMany()
    {
        var svg = await SvgOf(SampleTrace.Stream(), maxPackets: 2);

        Assert.Contains(svg.Descendants(Svg + "text"), text => text.Value == "and 7 more packets");
        Assert.Equal(2, svg.Descendants(Svg + "line").Count(line => line.Attribute("marker-end") is not null));
    }

    [Fact]
    public async Task WriteSvgAsync_Empty_IsStillADocument()
    {
        var svg = await SvgOf(new NetworkTrace());

        Assert.Equal(Svg + "svg", svg.Name);
        Assert.DoesNotContain(svg.Descendants(Svg + "line"), line => line.Attribute("marker-end") is not null);
    }

    private static async Task<XElement> SvgOf(NetworkTrace trace, int maxPackets = 200)
    {
        using var stream = new MemoryStream();
        await trace.WriteSvgAsync(stream, maxPackets);
        stream.Position = 0;
        return await XElement.LoadAsync(stream, LoadOptions.None, CancellationToken.None);
    }
}

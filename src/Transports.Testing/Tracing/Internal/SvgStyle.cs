using System.Globalization;
using System.Text;

namespace Transports.Testing;

/// <summary>The colours of <see cref="SvgDiagram"/>, for light and for dark ground, and what they mean.</summary>
internal static class SvgStyle
{
    private const string Shapes = """
        text { font: 12px ui-monospace, monospace; stroke-width: 3px; paint-order: stroke; }
        .host { font-size: 15px; font-weight: bold; text-anchor: middle; }
        .time { text-anchor: end; font-size: 11px; }
        .note { font-style: italic; font-size: 11px; }
        line { stroke-width: 1.6; }
        line.copy { stroke-dasharray: 7 4; }
        line.lost { stroke-dasharray: 3 3; }
        .cross { stroke-width: 2.5; fill: none; }

        """;

    private static readonly (string Kind, string Meaning, int Width)[] Kinds =
        [("sent", "delivered", 120), ("again", "retransmission", 165), ("copy", "copy", 90), ("lost", "dropped", 0)];

    public static void AddDefinitions(StringBuilder svg, int left)
    {
        svg.Append("<style>\n").Append(Shapes);
        AddColours(svg, "#ffffff", "#1f2933", "#7b8794", ["#1769aa", "#b45309", "#7b3fb5", "#c62828"]);
        svg.Append("@media (prefers-color-scheme: dark) {\n");
        AddColours(svg, "#11161c", "#e4e7eb", "#8a97a5", ["#63b3ed", "#f6ad55", "#c39bf2", "#fc8181"]);
        svg.Append("}\n</style>\n<defs>\n");
        foreach (var kind in (string[])["sent", "again", "copy"])
        {
            svg.Append(CultureInfo.InvariantCulture, $"""
                <marker id="{kind}" class="{kind}" markerWidth="9" markerHeight="8" refX="9" refY="4" orient="auto">
                <path d="M0 0L9 4L0 8z"/></marker>

                """);
        }

        svg.Append("</defs>\n");
        var x = left;
        foreach (var (kind, meaning, width) in Kinds)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""
                <line class="{kind}" x1="{x}" y1="24" x2="{x + 26}" y2="24"/>
                <text class="{kind}" x="{x + 32}" y="28">{meaning}</text>

                """);
            x += width;
        }
    }

    /// <summary>Written out for either ground: many programs that show SVG know no variables.</summary>
    private static void AddColours(StringBuilder svg, string ground, string ink, string faint, string[] kinds)
    {
        svg.Append(CultureInfo.InvariantCulture, $$"""
            .ground { fill: {{ground}}; }
            text { fill: {{ink}}; stroke: {{ground}}; }
            .event { fill: {{ink}}; }
            .time { fill: {{faint}}; }
            .lane { stroke: {{faint}}; }
            .cross { stroke: {{kinds[^1]}}; }

            """);
        for (var i = 0; i < Kinds.Length; i++)
        {
            var kind = Kinds[i].Kind;
            svg.Append(CultureInfo.InvariantCulture, $$"""
                line.{{kind}} { stroke: {{kinds[i]}}; }
                text.{{kind}}, marker.{{kind}} path { fill: {{kinds[i]}}; }

                """);
        }
    }
}

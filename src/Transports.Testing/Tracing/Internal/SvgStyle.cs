using System.Globalization;
using System.Text;

namespace Transports.Testing;

/// <summary>The colours of <see cref="SvgDiagram"/>, for light and for dark ground, and what they mean.</summary>
internal static class SvgStyle
{
    private const string Text = """
        <style>
        svg { --ground: #ffffff; --ink: #1f2933; --faint: #7b8794;
          --sent: #1769aa; --again: #b45309; --copy: #7b3fb5; --lost: #c62828; }
        @media (prefers-color-scheme: dark) {
        svg { --ground: #11161c; --ink: #e4e7eb; --faint: #8a97a5;
          --sent: #63b3ed; --again: #f6ad55; --copy: #c39bf2; --lost: #fc8181; }
        }
        .ground { fill: var(--ground); }
        text { font: 12px ui-monospace, monospace; fill: var(--ink);
          stroke: var(--ground); stroke-width: 3px; paint-order: stroke; }
        .host { font-size: 15px; font-weight: bold; text-anchor: middle; }
        .time { fill: var(--faint); text-anchor: end; font-size: 11px; }
        .note { font-style: italic; font-size: 11px; }
        line { stroke-width: 1.6; }
        .lane { stroke: var(--faint); }
        .event { fill: var(--ink); }
        line.sent { stroke: var(--sent); }
        line.again { stroke: var(--again); }
        line.copy { stroke: var(--copy); stroke-dasharray: 7 4; }
        line.lost { stroke: var(--lost); stroke-dasharray: 3 3; }
        text.sent, marker.sent path { fill: var(--sent); }
        text.again, marker.again path { fill: var(--again); }
        text.copy, marker.copy path { fill: var(--copy); }
        text.lost { fill: var(--lost); }
        .cross { stroke: var(--lost); stroke-width: 2.5; fill: none; }
        </style>

        """;

    private static readonly (string Kind, string Meaning)[] Kinds =
        [("sent", "delivered"), ("again", "retransmission"), ("copy", "copy"), ("lost", "dropped")];

    public static void AddDefinitions(StringBuilder svg, int left)
    {
        svg.Append(Text).Append("<defs>\n");
        foreach (var kind in (string[])["sent", "again", "copy"])
        {
            svg.Append(CultureInfo.InvariantCulture, $"""
                <marker id="{kind}" class="{kind}" markerWidth="9" markerHeight="8" refX="9" refY="4" orient="auto">
                <path d="M0 0L9 4L0 8z"/></marker>

                """);
        }

        svg.Append("</defs>\n");
        for (var i = 0; i < Kinds.Length; i++)
        {
            var x = left + (i * 150);
            var (kind, meaning) = Kinds[i];
            svg.Append(CultureInfo.InvariantCulture, $"""
                <line class="{kind}" x1="{x}" y1="24" x2="{x + 26}" y2="24"/>
                <text class="{kind}" x="{x + 32}" y="28">{meaning}</text>

                """);
        }
    }
}

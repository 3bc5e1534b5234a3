using System.Globalization;
using System.Text;

namespace Transports.Load;

/// <summary>
/// A small SVG: text, bars and lines. No background of its own; its greys and colours can be read on white and on
/// black, and text follows the reader's colour scheme.
/// </summary>
internal sealed class Svg(int width, int height)
{
    private static readonly Dictionary<string, string> Colours = new()
    {
        [ServerKind.Library] = "#2f81f7",
        [ServerKind.Portable] = "#79b8ff",
        [ServerKind.Raw] = "#d29922",
        [ServerKind.Inline] = "#b0883a",
        [ServerKind.Kestrel] = "#a371f7",
        [ServerKind.C] = "#2da44e",
        [ServerKind.JoiningC] = "#57ab5a",
    };

    private readonly StringBuilder _body = new();

    public static string Colour(string server) => Colours.GetValueOrDefault(server, "#888888");

    public void Text(double x, double y, string text, string anchor = "start", int weight = 400) => Add(
        $"""
        <text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}" font-weight="{weight}">{Escape(text)}</text>
        """);

    public void Bar(double x, double y, double length, double thickness, string colour) => Add(
        $"""<rect x="{x:F1}" y="{y:F1}" width="{length:F1}" height="{thickness:F1}" rx="2" fill="{colour}"/>""");

    public void Rule(double x1, double y1, double x2, double y2) => Add(
        $"""<line x1="{x1:F1}" y1="{y1:F1}" x2="{x2:F1}" y2="{y2:F1}" stroke="#888" stroke-opacity="0.4"/>""");

    public void Curve(IReadOnlyList<(double X, double Y)> points, string colour)
    {
        var path = string.Join(' ', points.Select(point => FormattableString.Invariant($"{point.X:F1},{point.Y:F1}")));
        Add($"""<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>""");
        foreach (var (x, y) in points)
        {
            Add($"""<circle cx="{x:F1}" cy="{y:F1}" r="3" fill="{colour}"/>""");
        }
    }

    /// <summary>A line of coloured squares and names.</summary>
    public void Legend(double x, double y, IEnumerable<string> servers)
    {
        foreach (var server in servers)
        {
            var title = ServerKind.Get(server).Title.Replace("`", "", StringComparison.Ordinal);
            Bar(x, y - 10, 10, 10, Colour(server));
            Text(x + 15, y, title);
            x += 35 + (title.Length * 6.6);
        }
    }

    public override string ToString() => FormattableString.Invariant(
        $"""
        <svg xmlns="http://www.w3.org/2000/svg" role="img"
          width="{width}" height="{height}" viewBox="0 0 {width} {height}">
        <style>
        text {"{"} font-family: system-ui, sans-serif; font-size: 12px; fill: #1f2328; {"}"}
        @media (prefers-color-scheme: dark) {"{"} text {"{"} fill: #e6edf3; {"}"} {"}"}
        </style>
        """) + "\n" + _body + "</svg>\n";

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal);

    private void Add(FormattableString element) =>
        _body.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
}

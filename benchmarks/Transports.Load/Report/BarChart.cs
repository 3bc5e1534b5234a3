namespace Transports.Load;

/// <summary>Processor time per message under the busy client, relative to async sockets; shorter is better.</summary>
internal static class BarChart
{
    private const int Width = 860;
    private const int Left = 250;
    private const int BarHeight = 13;
    private const int GroupGap = 16;
    private const int Top = 78;
    private const double MaxRatio = 1.5;

    private static readonly string[] Servers =
    [
        ServerKind.Library, ServerKind.Raw, ServerKind.Kestrel, ServerKind.C, ServerKind.JoiningC,
    ];

    public static string Draw(MeasuredScenario[] results)
    {
        var groups = results
            .Where(measured => measured.Scenario.Group <= ScenarioGroup.Datagram)
            .Select(measured => (measured.Scenario.Title, Bars: Bars(measured)))
            .Where(group => group.Bars.Length > 0)
            .ToArray();
        var height = Top + groups.Sum(group => (group.Bars.Length * BarHeight) + GroupGap) + 10;
        var svg = new Svg(Width, height);
        svg.Text(20, 24, "Server CPU per message, async Socket = 1 (busy client); shorter is better", weight: 600);
        svg.Legend(20, 50, Servers.Where(server => groups.Any(group => group.Bars.Any(bar => bar.Server == server))));
        DrawGrid(svg, height);
        double y = Top;
        foreach (var (title, bars) in groups)
        {
            svg.Text(Left - 10, y + (bars.Length * BarHeight / 2.0) + 4, title, "end");
            foreach (var (server, ratio) in bars)
            {
                var length = X(Math.Min(ratio, MaxRatio)) - Left;
                svg.Bar(Left, y, Math.Max(1, length), BarHeight - 2, Svg.Colour(server));
                svg.Text(Left + length + 5, y + 10, Page.Ratio(ratio));
                y += BarHeight;
            }

            y += GroupGap;
        }

        return svg.ToString();
    }

    private static (string Server, double Ratio)[] Bars(MeasuredScenario measured) =>
        [.. Servers
            .Select(server => (server, measured.Result.Ratio(
                server, ServerKind.Raw, LoadShape.Busy, slice => slice.CpuPerMessage)))
            .Where(bar => !double.IsNaN(bar.Item2))];

    private static void DrawGrid(Svg svg, int height)
    {
        for (var ratio = 0.0; ratio <= MaxRatio; ratio += 0.5)
        {
            svg.Rule(X(ratio), Top - 6, X(ratio), height - 10);
            svg.Text(X(ratio), Top - 10, Page.Ratio(ratio), "middle");
        }
    }

    private static double X(double ratio) => Left + (ratio / MaxRatio * (Width - Left - 60));
}

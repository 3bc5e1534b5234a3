namespace Transports.Load;

/// <summary>Three panels side by side, both axes logarithmic.</summary>
internal static class GrowthChart
{
    private const int PanelWidth = 250;
    private const int PanelHeight = 220;
    private const int Left = 55;
    private const int Gap = 45;
    private const int Top = 80;
    private static readonly string[] Servers = [ServerKind.Library, ServerKind.Raw, ServerKind.C];

    public static string Draw(MeasuredScenario[] results)
    {
        var svg = new Svg(Left + (3 * (PanelWidth + Gap)), Top + PanelHeight + 50);
        svg.Text(20, 24, "Server CPU per message, µs (busy client, logarithmic)", weight: 600);
        svg.Legend(20, 50, Servers);
        var left = Left;
        foreach (var (title, points) in GrowthSection.Series(results))
        {
            DrawPanel(svg, left, title, points);
            left += PanelWidth + Gap;
        }

        return svg.ToString();
    }

    private static void DrawPanel(
        Svg svg, double left, string title, (double X, MeasuredScenario Measured)[] points)
    {
        var costs = points.SelectMany(point => Servers.Select(server => GrowthSection.Cost(point.Measured, server)))
            .Where(double.IsFinite).ToArray();
        var x = Axis(points.Min(point => point.X), points.Max(point => point.X), left, left + PanelWidth);
        var low = Decade(costs.Min(), Math.Floor);
        var high = Decade(costs.Max(), Math.Ceiling);
        var y = Axis(low, high, Top + PanelHeight, Top);
        for (var cost = low; cost <= high * 1.01; cost *= 10)
        {
            svg.Rule(left, y(cost), left + PanelWidth, y(cost));
            svg.Text(left - 6, y(cost) + 4, Label(cost), "end");
        }

        foreach (var point in points)
        {
            svg.Text(x(point.X), Top + PanelHeight + 18, Label(point.X), "middle");
        }

        svg.Text(left + (PanelWidth / 2.0), Top + PanelHeight + 38, title, "middle", weight: 600);
        foreach (var server in Servers)
        {
            svg.Curve(
                [.. points.Select(point => (X: point.X, Cost: GrowthSection.Cost(point.Measured, server)))
                    .Where(point => double.IsFinite(point.Cost)).Select(point => (x(point.X), y(point.Cost)))],
                Svg.Colour(server));
        }
    }

    private static Func<double, double> Axis(double low, double high, double from, double to) => value =>
        high > low ? from + ((to - from) * Math.Log(value / low) / Math.Log(high / low)) : (from + to) / 2;

    private static double Decade(double value, Func<double, double> round) => Math.Pow(10, round(Math.Log10(value)));

    private static string Label(double value) => value >= 1024 && value % 1024 == 0
        ? FormattableString.Invariant($"{value / 1024}K")
        : FormattableString.Invariant($"{value:0.###}");
}

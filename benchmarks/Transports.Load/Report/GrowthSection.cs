using System.Globalization;

namespace Transports.Load;

/// <summary>How the cost of a message grows: a chart and its figures.</summary>
internal static class GrowthSection
{
    public static void Write(Page page, MeasuredScenario[] results)
    {
        var growth = results.Where(measured => measured.Scenario.Group >= ScenarioGroup.ConnectionGrowth).ToArray();
        if (growth.Length == 0)
        {
            return;
        }

        page.Heading("How cost grows");
        page.Line(
            """
            Processor time of the server per message, busy client: by connections (one message of 32 bytes in flight on
            each), by messages in flight (32 bytes, 16 connections) and by size (16 connections, one in flight). For one
            connection the library stays awake between two messages: it costs more than to sleep, and answers sooner.

            ![Processor time per message by connections, messages in flight and size](performance-growth.svg)
            """);
        foreach (var series in Series(growth))
        {
            WriteTable(page, series);
        }
    }

    /// <summary>The three series with their titles and the values along them.</summary>
    public static IEnumerable<(string Title, (double X, MeasuredScenario Measured)[] Points)> Series(
        MeasuredScenario[] results) =>
        new (string, (double, MeasuredScenario)[])[]
        {
            ("connections", Points(results, ScenarioGroup.ConnectionGrowth, scenario => scenario.Connections)),
            ("messages in flight", Points(results, ScenarioGroup.InFlightGrowth, scenario => scenario.InFlight)),
            ("bytes", Points(results, ScenarioGroup.SizeGrowth, scenario => scenario.Size)),
        }.Where(series => series.Item2.Length > 0);

    public static double Cost(MeasuredScenario measured, string server) =>
        measured.Result.Median(server, LoadShape.Busy, slice => slice.CpuPerMessage);

    private static void WriteTable(Page page, (string Title, (double X, MeasuredScenario Measured)[] Points) series)
    {
        var servers = series.Points[0].Measured.Servers(LoadShape.Busy).ToArray();
        page.Line();
        page.Table(
            [series.Title, .. servers.Select(server => $"{server.Title}, µs"), "Transports / C"],
            series.Points.Select(point => new[] { point.X.ToString("N0", CultureInfo.InvariantCulture) }
                .Concat(servers.Select(server => Page.Number(Cost(point.Measured, server.Name))))
                .Append(Page.Ratio(point.Measured.Ratio(ServerKind.Library, ServerKind.C, LoadShape.Busy)))
                .ToArray()));
    }

    private static (double X, MeasuredScenario Measured)[] Points(
        MeasuredScenario[] results, ScenarioGroup group, Func<Scenario, int> x) =>
        [.. results.Where(measured => measured.Scenario.Group == group)
            .Select(measured => ((double)x(measured.Scenario), measured)).OrderBy(point => point.Item1)];
}

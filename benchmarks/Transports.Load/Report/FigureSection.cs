namespace Transports.Load;

/// <summary>All figures of the scenarios on streams and datagrams, a table for each.</summary>
internal static class FigureSection
{
    public static void Write(Page page, MeasuredScenario[] results)
    {
        page.Heading("Streams");
        page.Line(
            """
            CPU is the server's processor time per message; the ratio is of CPU, to async `Socket`. Sleeps are how
            often a thread of it waited, per 1,000 messages: not 0 where a busy client is slower than the server.
            """);
        WriteGroup(page, results, ScenarioGroup.Stream);
        page.Heading("Datagrams");
        WriteGroup(page, results, ScenarioGroup.Datagram);
    }

    /// <summary>One table: servers down, figures across.</summary>
    public static void WriteTable(Page page, MeasuredScenario measured, LoadShape shape)
    {
        var client = shape == LoadShape.Busy ? "busy" : "ordinary";
        page.Line();
        page.Line($"**{measured.Scenario.Title}**, {client} client:");
        page.Line();
        page.Table(
            [
                "server", "messages/s", "CPU µs", "ratio", "p50 µs", "p99 µs", "p99.9 µs", "B/message", "peak MiB",
                "sleeps/1000", "lost",
            ],
            measured.Servers(shape).Select(server => Row(measured, shape, server)));
    }

    private static void WriteGroup(Page page, MeasuredScenario[] results, ScenarioGroup group)
    {
        foreach (var measured in results.Where(measured => measured.Scenario.Group == group))
        {
            foreach (var shape in measured.Scenario.Shapes)
            {
                WriteTable(page, measured, shape);
            }
        }
    }

    private static string[] Row(MeasuredScenario measured, LoadShape shape, ServerKind server)
    {
        var result = measured.Result;
        return
        [
            server.Title,
            Page.Number(result.Median(server.Name, shape, slice => slice.MessagesPerSecond)),
            Page.Number(result.Median(server.Name, shape, slice => slice.CpuPerMessage)),
            Page.Ratio(result.Ratio(server.Name, ServerKind.Raw, shape, slice => slice.CpuPerMessage)),
            Page.Number(result.Median(server.Name, shape, slice => slice.P50Microseconds)),
            Page.Number(result.Median(server.Name, shape, slice => slice.P99Microseconds)),
            Page.Number(result.Median(server.Name, shape, slice => slice.P999Microseconds)),
            Page.Number(Math.Round(result.Median(server.Name, process => process.AllocatedBytesPerMessage), 1)),
            Page.Number(result.Median(server.Name, process => process.PeakResidentBytes / 1024.0 / 1024)),
            Page.Number(result.Median(server.Name, shape, slice => slice.SleepsPerThousand)),
            Page.Number(result.Lost(server.Name, shape)),
        ];
    }
}

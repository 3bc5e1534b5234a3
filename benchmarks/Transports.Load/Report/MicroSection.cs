namespace Transports.Load;

/// <summary>The tables of the micro-benchmarks, as BenchmarkDotNet has written them.</summary>
internal static class MicroSection
{
    private const string Ending = "Benchmarks-report-github.md";

    /// <param name="page">Where to.</param>
    /// <param name="folder">Where its reports are; nothing is written if there are none.</param>
    public static void Write(Page page, string folder)
    {
        var reports = Directory.Exists(folder) ? Directory.GetFiles(folder, $"*{Ending}").Order().ToArray() : [];
        if (reports.Length == 0)
        {
            return;
        }

        page.Heading("The parts");
        page.Line(
            """
            Without a socket, by BenchmarkDotNet on one core (`benchmarks/Transports.Benchmarks`): what framing,
            dispatch, the samples' handler, a round trip in memory and the simulated network cost and allocate.
            """);
        foreach (var report in reports)
        {
            page.Line();
            page.Line($"**{Path.GetFileName(report)[..^Ending.Length].Split('.')[^1]}**");
            page.Line();
            foreach (var row in File.ReadLines(report).Where(line => line.StartsWith('|')))
            {
                page.Line(row);
            }
        }
    }
}

namespace Transports.Load;

/// <summary>What the library is held to, and whether it is met.</summary>
internal static class TargetSection
{
    private const double MaxIdleBytes = 1024;
    private const double MaxDelayMilliseconds = 30;
    private const int MetColumn = 5;
    private const string Met = "yes";
    private const string Unmet = "**no**";
    private const string BeyondC = "no, nor does C";

    public static void Write(Page page, MeasuredScenario[] results, IdleMemory? idle)
    {
        var rows = results.SelectMany(Rows).ToList();
        rows.AddRange(BlockingRows(results));
        if (idle is not null)
        {
            rows.Add(Row(
                $"{IdleMemory.Connections:N0} idle connections",
                "resident bytes each",
                "–",
                idle.Median(ServerKind.Library, sample => sample.Resident),
                MaxIdleBytes));
        }

        var unmet = rows.Count(row => row[MetColumn] != Met);
        var beyondC = rows.Count(row => row[MetColumn] == BeyondC);
        page.Heading("Targets");
        page.Line(unmet == 0
            ? "All are met in this run."
            : $"{unmet} of {rows.Count} are not met in this run; {beyondC} of these C does not meet either.");
        page.Line("The last column is what C reaches against the same server: the better of two where there are two.");
        page.Line();
        page.Table(["scenario", "of / against", "client", "measured", "at most", "met", "C"], rows);
    }

    private static IEnumerable<string[]> Rows(MeasuredScenario measured) =>
        from target in measured.Scenario.Targets
        from shape in measured.Scenario.Shapes
        let ratio = measured.Ratio(target.Of, target.Against, shape)
        where !double.IsNaN(ratio)
        select Row(
            $"{measured.Scenario.Title} ({Figure(measured.Scenario.Measure)})",
            $"{ServerKind.Get(target.Of).Title} / {ServerKind.Get(target.Against).Title}",
            Shape(shape),
            ratio,
            target.For(shape),
            target.Of == ServerKind.Library ? BestOfC(measured, target.Against, shape) : double.NaN);

    /// <summary>What is possible; NaN where no other server in C was measured.</summary>
    private static double BestOfC(MeasuredScenario measured, string against, LoadShape shape)
    {
        string[] servers = against switch
        {
            ServerKind.C => [ServerKind.JoiningC],
            ServerKind.JoiningC => [],
            _ => [ServerKind.C, ServerKind.JoiningC],
        };
        return servers.Select(server => measured.Ratio(server, against, shape))
            .Where(double.IsNormal)
            .DefaultIfEmpty(double.NaN)
            .Min();
    }

    private static IEnumerable<string[]> BlockingRows(MeasuredScenario[] results) =>
        from measured in results
        from shape in measured.Scenario.Shapes
        where measured.Result.Has(ServerKind.Blocking, shape)
        select Row(
            $"{measured.Scenario.Title} (p99.9, ms)",
            ServerKind.Get(ServerKind.Blocking).Title,
            Shape(shape),
            measured.Result.Median(ServerKind.Blocking, shape, slice => slice.P999Microseconds) / 1000,
            MaxDelayMilliseconds);

    private static string[] Row(
        string scenario, string servers, string shape, double measured, double most, double ofC = double.NaN) =>
    [
        scenario,
        servers,
        shape,
        Page.Number(measured),
        Page.Number(most),
        measured <= most ? Met : ofC > most ? BeyondC : Unmet,
        Page.Number(ofC),
    ];

    private static string Shape(LoadShape shape) => shape == LoadShape.Busy ? "busy" : "ordinary";

    private static string Figure(Measure measure) => measure switch
    {
        Measure.P50 => "p50",
        Measure.P999 => "p99.9",
        _ => "CPU",
    };
}

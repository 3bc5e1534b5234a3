namespace Transports.Load;

/// <summary>A scenario's figures as a table for the terminal.</summary>
internal static class ConsoleReport
{
    public static void Write(Scenario scenario, ScenarioResult result, TextWriter writer)
    {
        foreach (var shape in result.Samples.Select(sample => sample.Shape).Distinct())
        {
            var servers = result.Samples.Where(sample => sample.Shape == shape)
                .Select(sample => sample.Server).Distinct().ToArray();
            writer.WriteLine();
            writer.WriteLine($"{scenario.Title}, {shape} client");
            writer.WriteLine($"{"",-20}{"msg/s",12}{"CPU µs",10}{"p50 µs",10}{"p99 µs",10}{"p99.9 µs",10}"
                + $"{"B/msg",8}{"lost",7}  transports against it (target)");
            foreach (var server in servers)
            {
                writer.WriteLine(Line(scenario, result, shape, server));
            }
        }
    }

    private static string Line(Scenario scenario, ScenarioResult result, LoadShape shape, string server)
    {
        var lost = result.Samples.Where(sample => sample.Server == server && sample.Shape == shape)
            .Sum(sample => sample.Slice.Lost);
        var allocated = Statistics.Median(result.Processes
            .Where(process => process.Server == server).Select(process => process.AllocatedBytesPerMessage));
        Func<SliceResult, double> measure = scenario.Measure == Measure.P50
            ? slice => slice.P50Microseconds
            : slice => slice.CpuPerMessage;
        var ratio = result.Ratio(ServerKind.Library, server, shape, measure);
        var target = scenario.Targets.FirstOrDefault(target => target.Against == server)?.For(shape);
        var columns = new FormattableString[]
        {
            $"{server,-20}{result.Median(server, shape, slice => slice.MessagesPerSecond),12:N0}",
            $"{result.Median(server, shape, slice => slice.CpuPerMessage),10:F2}",
            $"{result.Median(server, shape, slice => slice.P50Microseconds),10:F1}",
            $"{result.Median(server, shape, slice => slice.P99Microseconds),10:F1}",
            $"{result.Median(server, shape, slice => slice.P999Microseconds),10:F1}",
            $"{allocated,8:F1}{lost,7}  {ratio:F2}",
            $"{(target is null ? "" : $" (at most {target}{(ratio <= target ? ", met" : ", NOT met")})")}",
        };
        return string.Concat(columns.Select(FormattableString.Invariant));
    }
}

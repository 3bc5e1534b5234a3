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
                + $"{"B/msg",8}{"sleeps/k",10}{"lost",7}  transports against it (target)");
            foreach (var server in servers)
            {
                writer.WriteLine(Line(scenario, result, shape, server));
            }
        }
    }

    public static void Write(IdleMemory result, TextWriter writer)
    {
        writer.WriteLine();
        writer.WriteLine($"Bytes for each of {IdleMemory.Connections} idle connections");
        writer.WriteLine($"{"",-20}{"resident",12}{"collected",12}{"managed",12}");
        foreach (var server in result.Samples.Select(sample => sample.Server).Distinct())
        {
            writer.WriteLine(FormattableString.Invariant(
                $"{server,-20}{result.Median(server, sample => sample.Resident),12:F0}")
                + FormattableString.Invariant($"{result.Median(server, sample => sample.ResidentCollected),12:F0}")
                + FormattableString.Invariant($"{result.Median(server, sample => sample.Managed),12:F0}"));
        }
    }

    private static string Line(Scenario scenario, ScenarioResult result, LoadShape shape, string server)
    {
        var allocated = result.Median(server, process => process.AllocatedBytesPerMessage);
        var ratio = result.Ratio(ServerKind.Library, server, shape, scenario.Figure);
        var target = scenario.Targets
            .FirstOrDefault(target => target.Against == server && target.Of == ServerKind.Library)?.For(shape);
        var columns = new FormattableString[]
        {
            $"{server,-20}{result.Median(server, shape, slice => slice.MessagesPerSecond),12:N0}",
            $"{result.Median(server, shape, slice => slice.CpuPerMessage),10:F2}",
            $"{result.Median(server, shape, slice => slice.P50Microseconds),10:F1}",
            $"{result.Median(server, shape, slice => slice.P99Microseconds),10:F1}",
            $"{result.Median(server, shape, slice => slice.P999Microseconds),10:F1}",
            $"{allocated,8:F1}{result.Median(server, shape, slice => slice.SleepsPerThousand),10:F1}",
            $"{result.Lost(server, shape),7}  {ratio:F2}",
            $"{(target is null ? "" : $" (at most {target}{(ratio <= target ? ", met" : ", NOT met")})")}",
        };
        return string.Concat(columns.Select(FormattableString.Invariant));
    }
}

using System.Globalization;

namespace Transports.Load;

/// <summary>Writes <c>performance.md</c> and its two charts from all results that are kept.</summary>
internal static class PerformancePage
{
    public static void Write(ResultStore store, string folder)
    {
        var results = ScenarioList.All
            .Select(scenario => (Scenario: scenario, Result: store.Load<ScenarioResult>(scenario.Name)!))
            .Where(measured => measured.Result is not null)
            .Select(measured => new MeasuredScenario(measured.Scenario, measured.Result))
            .ToArray();
        var idle = store.Load<IdleMemory>(IdleMemory.Name);
        if (results.Length == 0)
        {
            throw new InvalidOperationException("Nothing has been measured yet.");
        }

        var page = new Page();
        MethodSection.WriteTop(page, results);
        TargetSection.Write(page, results, idle);
        FigureSection.Write(page, results);
        LatencySection.Write(page, results);
        MemorySection.Write(page, idle);
        GrowthSection.Write(page, results);
        MicroSection.Write(page, store.PathOfReports("micro"));
        MethodSection.WriteMethod(page, results);

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "performance.md"), page.ToString());
        File.WriteAllText(Path.Combine(folder, "performance.svg"), BarChart.Draw(results));
        File.WriteAllText(Path.Combine(folder, "performance-growth.svg"), GrowthChart.Draw(results));
    }

    public static string Date(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

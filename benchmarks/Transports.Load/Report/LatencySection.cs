namespace Transports.Load;

/// <summary>Latency at half load, and when a handler blocks now and then.</summary>
internal static class LatencySection
{
    public static void Write(Page page, MeasuredScenario[] results)
    {
        var latency = results.Where(measured => measured.Scenario.Group == ScenarioGroup.Latency).ToArray();
        if (latency.Length == 0)
        {
            return;
        }

        page.Heading("Latency");
        page.Line(
            """
            At half load, messages are due at a fixed rate, the same for all servers: half of what the library reaches
            when it never runs dry. Latency counts from the time at which a message was due. In the other tables the
            handler blocks its thread for 50 ms at every 20,000th message: p99.9 tells how long the others wait.
            """);
        foreach (var measured in latency)
        {
            foreach (var shape in measured.Scenario.Shapes)
            {
                FigureSection.WriteTable(page, measured, shape);
            }
        }
    }
}

namespace Transports.Load;

/// <summary>A scenario and what came of it.</summary>
internal sealed record MeasuredScenario(Scenario Scenario, ScenarioResult Result)
{
    /// <summary>The servers that were measured, in the order of the scenario.</summary>
    public IEnumerable<ServerKind> Servers(LoadShape shape) =>
        Scenario.Servers.Where(server => Result.Has(server, shape)).Select(ServerKind.Get);

    public double Ratio(string server, string against, LoadShape shape) =>
        Result.Ratio(server, against, shape, Scenario.Figure);
}

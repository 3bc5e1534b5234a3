namespace Transports.Load;

/// <summary>Measures what is asked for, one scenario after the other, and keeps each result at once.</summary>
internal sealed class LoadSuite(ServerPrograms programs, Plan plan, ResultStore store)
{
    /// <param name="only">Names or beginnings of names; all scenarios if empty.</param>
    /// <param name="servers">All that a scenario has if empty.</param>
    public void Run(string[] only, string[] servers)
    {
        var scenarios = Array.FindAll(
            ScenarioList.All, scenario => only.Length == 0 || only.Any(scenario.IsCalled));
        var measuresIdle = only.Length == 0 || only.Contains(IdleMemory.Name);
        if (scenarios.Length == 0 && !measuresIdle)
        {
            throw new ArgumentException($"There is no scenario called {string.Join(" or ", only)}.");
        }

        foreach (var scenario in scenarios)
        {
            var result = new ScenarioRunner(programs, plan, Console.Error).Run(scenario, servers);
            store.Save(scenario.Name, result);
            ConsoleReport.Write(scenario, result, Console.Out);
        }

        if (measuresIdle)
        {
            var result = new IdleMemoryRunner(programs, plan, Console.Error).Run(servers);
            store.Save(IdleMemory.Name, result);
            ConsoleReport.Write(result, Console.Out);
        }
    }
}

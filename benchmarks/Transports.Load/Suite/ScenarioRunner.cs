namespace Transports.Load;

/// <summary>
/// Starts all servers of a scenario at once and measures them in short slices in turn, since the speed of a shared
/// machine swings within a minute; then again with fresh processes.
/// </summary>
internal sealed class ScenarioRunner(ServerPrograms programs, Plan plan, TextWriter log)
{
    public ScenarioResult Run(Scenario scenario, IReadOnlyCollection<string> servers)
    {
        var kinds = scenario.Servers.Where(name => servers.Count == 0 || servers.Contains(name))
            .Select(ServerKind.Get).Where(programs.Has).ToArray();
        var result = new ScenarioResult(scenario.Name, Machine.Current, plan);
        using var spinners = scenario.Measure == Measure.P50 ? new IdleSpinners(plan.Cores) : null;
        for (var round = 0; round < plan.Rounds; round++)
        {
            log.WriteLine($"{scenario.Name}: round {round + 1} of {plan.Rounds}");
            RunRound(scenario, kinds, round, result);
        }

        return result;
    }

    private void RunRound(Scenario scenario, ServerKind[] kinds, int round, ScenarioResult result)
    {
        var contenders = new List<Contender>();
        try
        {
            // Another one is started first each time: of five equal servers with 1,000 connections the last was a tenth
            // to a third dearer than the first, as long as it lived.
            foreach (var kind in StartingAt(round, kinds))
            {
                var server = ServerProcess.Start(programs, kind, scenario.Transport, plan.Cores);
                contenders.Add(new Contender(server, scenario));
            }

            contenders.ForEach(contender => contender.WarmUp(plan, scenario.Shapes));
            contenders.Sort((one, other) => Rank(one).CompareTo(Rank(other)));
            if (scenario.RatePart > 0)
            {
                var most = contenders[0].Measure(LoadShape.Busy, plan).MessagesPerSecond;
                contenders.ForEach(contender => contender.MessagesPerSecond = most * scenario.RatePart);
            }

            TakeTurns(scenario, contenders, round, result);
            result.Processes.AddRange(contenders.Select(contender => contender.Summary(round)));
        }
        finally
        {
            contenders.ForEach(contender => contender.Dispose());
        }

        int Rank(Contender contender) => Array.FindIndex(kinds, kind => kind.Name == contender.Name);
    }

    private void TakeTurns(Scenario scenario, List<Contender> contenders, int round, ScenarioResult result)
    {
        for (var turn = 0; turn < plan.Turns; turn++)
        {
            // Another one is first each time: what the machine does when a turn begins shall favour nobody.
            var order = StartingAt(round + turn, contenders);
            foreach (var shape in scenario.Shapes)
            {
                result.Samples.AddRange(order.Select(contender =>
                    new Sample(contender.Name, shape, round, turn, contender.Measure(shape, plan))));
            }
        }
    }

    private static T[] StartingAt<T>(int first, IReadOnlyCollection<T> all) =>
        [.. all.Skip(first % all.Count), .. all.Take(first % all.Count)];
}

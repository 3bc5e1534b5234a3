namespace Transports.Load;

/// <summary>Measures <see cref="IdleMemory"/>, one server after the other, each in a fresh process.</summary>
internal sealed class IdleMemoryRunner(ServerPrograms programs, Plan plan, TextWriter log)
{
    private const int WarmConnections = 64;
    private const int WarmTurns = 40;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    public IdleMemory Run(IReadOnlyCollection<string> servers)
    {
        var result = new IdleMemory(Machine.Current, plan);
        var kinds = IdleMemory.Servers.Where(name => servers.Count == 0 || servers.Contains(name))
            .Select(ServerKind.Get).Where(programs.Has).ToArray();
        for (var round = 0; round < plan.Rounds; round++)
        {
            log.WriteLine($"{IdleMemory.Name}: round {round + 1} of {plan.Rounds}");
            result.Samples.AddRange(kinds.Select(Measure));
        }

        return result;
    }

    private IdleMemory.Sample Measure(ServerKind kind)
    {
        using var server = ServerProcess.Start(programs, kind, LoadTransport.Tcp, plan.Cores);

        // Code that is compiled later would count as the connections' memory: what handles a message, what accepts.
        using (var warm = new StreamClient(server.EndPoint, WarmConnections, 1, 32))
        {
            warm.Run(LoadShape.Busy, TimeSpan.Zero, plan.WarmUp, server.Clock);
        }

        for (var turn = 0; turn < WarmTurns; turn++)
        {
            using var warm = new StreamClient(server.EndPoint, WarmConnections, 1, 32);
            warm.AskOnce();
        }

        Thread.Sleep(Settling);
        var managed = server.Collect();
        var resident = server.ResidentBytes;
        using var idle = new StreamClient(server.EndPoint, IdleMemory.Connections, 1, 32);
        idle.AskOnce();
        Thread.Sleep(Settling);
        var grown = server.ResidentBytes;
        var managedGrown = server.Collect();
        return new IdleMemory.Sample(
            kind.Name,
            Each(grown - resident),
            Each(server.ResidentBytes - resident),
            Each(managedGrown - managed));
    }

    private static double Each(long bytes) => bytes / (double)IdleMemory.Connections;
}

using System.Globalization;

namespace Transports.Testing;

/// <summary>One run of a scenario, and how it ended.</summary>
internal sealed record SimulationRun(
    ulong Seed, NetworkTrace Trace, FaultLog Log, Exception? Failure, string Conditions)
{
    /// <summary>All that is needed to see what happened, and to see it again.</summary>
    public SimulationException ToException() => new(
        string.Create(CultureInfo.InvariantCulture, $"{Failure!.Message}\n\nSeed {Seed}. To replay it:\n")
        + string.Create(CultureInfo.InvariantCulture, $"  await Simulation.RunAsync({Seed}, scenario);\n")
        + $"Conditions:\n{Conditions}The end of the trace:\n{Simulation.Tail(Trace)}",
        Failure);
}

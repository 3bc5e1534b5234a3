using System.Globalization;
using System.Text;

namespace Transports.Testing;

/// <summary>The fewest faults with which a scenario still fails.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Faults">What goes wrong with which packet; empty if it fails on a network without faults.</param>
/// <param name="Failure">What the scenario threw.</param>
/// <param name="Runs">How many runs it took to find out.</param>
/// <param name="Trace">What happened in the run with these faults alone.</param>
public sealed record ShrunkFailure(
    ulong Seed, IReadOnlyList<PacketFault> Faults, Exception Failure, int Runs, NetworkTrace Trace)
{
    /// <summary>The list of faults, a line for each.</summary>
    public override string ToString() => Faults.Count == 0
        ? $"fails without any fault: {Failure.Message}"
        : $"{string.Join('\n', Faults)}\n{Failure.Message}";

    /// <summary>A test in C# that fails in the same way; <c>ScenarioAsync</c> stands for the scenario.</summary>
    public string ToSource() => ToSource(Seed, Faults);

    internal static string ToSource(ulong seed, IReadOnlyList<PacketFault> faults)
    {
        var source = new StringBuilder()
            .AppendLine("[Fact]")
            .AppendLine(CultureInfo.InvariantCulture, $"public Task Scenario_FaultsOfSeed{seed}_Holds() =>")
            .AppendLine("    Simulation.ReplayAsync(")
            .AppendLine(CultureInfo.InvariantCulture, $"        seed: {seed},")
            .AppendLine("        [");
        foreach (var fault in faults)
        {
            source.AppendLine(CultureInfo.InvariantCulture, $"            {fault.ToSource()}, // {fault}");
        }

        return source.AppendLine("        ],").AppendLine("        ScenarioAsync);").ToString();
    }
}

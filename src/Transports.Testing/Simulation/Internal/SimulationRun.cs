using System.Globalization;

namespace Transports.Testing;

/// <summary>One run of a scenario, and how it ended.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Trace">What happened.</param>
/// <param name="Log">What went wrong with which packet.</param>
/// <param name="Failure">What the scenario threw; null if it passed.</param>
/// <param name="Conditions">The conditions of all links as they were at the end, a line for each.</param>
/// <param name="Folder">Where a failure leaves its files; null for nowhere.</param>
internal sealed record SimulationRun(
    ulong Seed, NetworkTrace Trace, FaultLog Log, Exception? Failure, string Conditions, string? Folder)
{
    private const int TailEvents = 20;

    /// <summary>All that is needed to see what happened, and to see it again.</summary>
    /// <param name="replay">How to see it again; null is with the seed alone.</param>
    public async Task<SimulationException> ToExceptionAsync(string? replay = null)
    {
        replay ??= string.Create(CultureInfo.InvariantCulture, $"  await Simulation.RunAsync({Seed}, scenario);\n");
        var text = string.Create(CultureInfo.InvariantCulture, $"{Failure!.Message}\n\nSeed {Seed}. ")
            + $"To replay it, with the same options:\n{replay}Conditions:\n{Conditions}"
            + $"Faults: {Trace.ToCoverageText()}\nThe end of the trace:\n{Trace.ToText(TailEvents)}";
        return new SimulationException(
            Folder is null ? text : text + await FailureBundle.WriteAsync(this, Folder, text).ConfigureAwait(false),
            Failure);
    }
}

using System.Text;

namespace Transports.Testing;

/// <summary>
/// Runs scenarios: a test's code on a network that is made for it, on the network's own thread, where the same seed
/// gives the same run.
/// </summary>
/// <remarks>
/// A scenario makes its hosts, sets its links and asserts what it will; it fails by throwing. It is called once for
/// each run, each time with a new network, so that it must keep nothing outside from one run to the next.
/// </remarks>
public static partial class Simulation
{
    /// <summary>Runs a scenario once.</summary>
    /// <param name="seed">Decides every chance.</param>
    /// <param name="scenario">The test's code.</param>
    /// <param name="options">How the network is made; its seed is <paramref name="seed"/>.</param>
    /// <returns>What has happened.</returns>
    /// <exception cref="SimulationException">
    /// The scenario failed: the message holds the seed, the links' conditions and the end of the trace; what it threw
    /// is inside.
    /// </exception>
    public static async Task<NetworkTrace> RunAsync(
        ulong seed, Func<SimulatedNetwork, Task> scenario, SimulatedNetworkOptions? options = null)
    {
        var run = await PlayAsync(seed, scenario, options, new FaultLog(plan: null)).ConfigureAwait(false);
        return run.Failure is null ? run.Trace : throw await run.ToExceptionAsync().ConfigureAwait(false);
    }

    /// <summary>Runs a scenario again with the faults of a list instead of those of chance.</summary>
    /// <param name="seed">Decides what is left to chance, such as where reads end.</param>
    /// <param name="faults">What goes wrong with which packet.</param>
    /// <param name="scenario">The test's code.</param>
    /// <param name="options">How the network is made; its seed is <paramref name="seed"/>.</param>
    /// <returns>What has happened.</returns>
    /// <exception cref="SimulationException">The scenario failed, as in <see cref="RunAsync"/>.</exception>
    public static async Task<NetworkTrace> ReplayAsync(
        ulong seed,
        IReadOnlyList<PacketFault> faults,
        Func<SimulatedNetwork, Task> scenario,
        SimulatedNetworkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var run = await PlayAsync(seed, scenario, options, new FaultLog(faults)).ConfigureAwait(false);
        return run.Failure is null
            ? run.Trace
            : throw await run.ToExceptionAsync(ShrunkFailure.ToSource(seed, faults)).ConfigureAwait(false);
    }

    /// <summary>Runs a scenario with one seed after the other, and stops at the first that fails.</summary>
    /// <param name="seeds">How many seeds, from 1 on.</param>
    /// <param name="scenario">The test's code.</param>
    /// <param name="options">How the networks are made.</param>
    /// <exception cref="SimulationException">A seed failed, as in <see cref="RunAsync"/>.</exception>
    public static Task ExploreAsync(
        int seeds, Func<SimulatedNetwork, Task> scenario, SimulatedNetworkOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seeds);
        return ExploreAsync(Enumerable.Range(1, seeds).Select(seed => (ulong)seed), scenario, options);
    }

    /// <summary>Runs a scenario with one seed after the other, and stops at the first that fails.</summary>
    /// <param name="seeds">The seeds.</param>
    /// <param name="scenario">The test's code.</param>
    /// <param name="options">How the networks are made.</param>
    /// <exception cref="SimulationException">A seed failed, as in <see cref="RunAsync"/>.</exception>
    public static async Task ExploreAsync(
        IEnumerable<ulong> seeds, Func<SimulatedNetwork, Task> scenario, SimulatedNetworkOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        foreach (var seed in seeds)
        {
            await RunAsync(seed, scenario, options).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a scenario twice with the same seed, and compares all that happened.</summary>
    /// <param name="scenario">The test's code.</param>
    /// <param name="seed">Decides every chance.</param>
    /// <param name="options">How the networks are made.</param>
    /// <exception cref="SimulationException">
    /// The runs differ: the message names the first event that does, and what usually causes it.
    /// </exception>
    public static async Task VerifyDeterminismAsync(
        Func<SimulatedNetwork, Task> scenario, ulong seed = 0, SimulatedNetworkOptions? options = null)
    {
        var first = await PlayAsync(seed, scenario, options, new FaultLog(plan: null)).ConfigureAwait(false);
        var second = await PlayAsync(seed, scenario, options, new FaultLog(plan: null)).ConfigureAwait(false);
        if (Divergence.Find(seed, first.Trace.Events, second.Trace.Events) is { } differs)
        {
            throw new SimulationException(differs);
        }

        if ((first.Failure is null) != (second.Failure is null))
        {
            var failed = first.Failure is null ? second : first;
            throw await failed.ToExceptionAsync().ConfigureAwait(false);
        }
    }

    internal static async Task<SimulationRun> PlayAsync(
        ulong seed, Func<SimulatedNetwork, Task> scenario, SimulatedNetworkOptions? options, FaultLog faults)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        var own = (options ?? new SimulatedNetworkOptions()).Snapshot();
        own.Seed = seed;

        // It moves while the scenario runs, and not a step further.
        own.AutoAdvance = false;
        using var network = new SimulatedNetwork(own, faults);
        Exception? failure = null;
        try
        {
            await network.RunAsync(() => scenario(network)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // the scenario may throw anything: that is how it fails
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception;
        }

        return new SimulationRun(
            seed, network.Trace, faults, failure, Conditions(network), own.FailureFolder);
    }

    private static string Conditions(SimulatedNetwork network)
    {
        var text = new StringBuilder();
        foreach (var link in network.Links().OrderBy(link => link.ToString(), StringComparer.Ordinal))
        {
            text.Append("  ").Append(link).Append(": ").Append(link.ConditionsInForce).Append('\n');
        }

        foreach (var host in network.Hosts.Where(host => !host.Clock.IsTrue))
        {
            text.Append("  ").Append(host.Name).Append(": clock ").Append(host.Clock).Append('\n');
        }

        return text.ToString();
    }
}

namespace Transports.Testing;

public static partial class Simulation
{
    /// <summary>
    /// Finds the fewest faults with which a scenario still fails: writes down what chance did to each packet, then
    /// leaves out as much as can be left out (delta debugging).
    /// </summary>
    /// <param name="seed">A seed that fails.</param>
    /// <param name="scenario">The test's code.</param>
    /// <param name="options">How the networks are made.</param>
    /// <param name="maxRuns">How many runs it may take; the smallest list so far is the result then.</param>
    /// <exception cref="ArgumentException">The scenario does not fail with that seed.</exception>
    public static async Task<ShrunkFailure> ShrinkAsync(
        ulong seed,
        Func<SimulatedNetwork, Task> scenario,
        SimulatedNetworkOptions? options = null,
        int maxRuns = 1000)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRuns);
        var first = await PlayAsync(seed, scenario, options, new FaultLog(plan: null) { IsOn = true })
            .ConfigureAwait(false);
        if (first.Failure is null)
        {
            throw new ArgumentException("The scenario does not fail with that seed.", nameof(seed));
        }

        var shrinker = new FaultShrinker(
            plan => PlayAsync(seed, scenario, options, new FaultLog(plan)), maxRuns);
        var last = await shrinker.ShrinkAsync(first.Log.Faults).ConfigureAwait(false);
        return new ShrunkFailure(
            seed, shrinker.Smallest, (last ?? first).Failure!, shrinker.Runs, (last ?? first).Trace);
    }

    /// <summary>
    /// Tries every fault on every one of the first packets, and on every two of them: loses, doubles or delays them, on
    /// a network that does nothing else.
    /// </summary>
    /// <param name="packets">How many packets, in the order in which they are sent when nothing goes wrong.</param>
    /// <param name="scenario">The test's code.</param>
    /// <param name="options">How the networks are made.</param>
    /// <param name="delay">How much later a delayed packet, and a copy, arrives. Default 1 s.</param>
    /// <returns>How many runs there were.</returns>
    /// <exception cref="SimulationException">One failed; the message says with which faults.</exception>
    public static async Task<int> ExhaustiveAsync(
        int packets,
        Func<SimulatedNetwork, Task> scenario,
        SimulatedNetworkOptions? options = null,
        TimeSpan? delay = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(packets);
        var seed = options?.Seed ?? 0;
        var runs = 0;
        var log = new FaultLog([]) { IsOn = true };
        await TryAsync(log, []).ConfigureAwait(false);
        var faults = log.Packets.Take(packets).Select(packet => Faults(packet, delay ?? TimeSpan.FromSeconds(1)))
            .ToArray();
        var plans = faults.SelectMany(one => one).Select(one => new[] { one })
            .Concat(faults.SelectMany((ones, index) => ones.SelectMany(
                one => faults.Skip(index + 1).SelectMany(others => others).Select(other => new[] { one, other }))));
        foreach (var plan in plans)
        {
            await TryAsync(new FaultLog(plan), plan).ConfigureAwait(false);
        }

        return runs;

        async Task TryAsync(FaultLog own, PacketFault[] plan)
        {
            runs++;
            var run = await PlayAsync(seed, scenario, options, own).ConfigureAwait(false);
            if (run.Failure is not null)
            {
                throw await run.ToExceptionAsync(ShrunkFailure.ToSource(seed, plan)).ConfigureAwait(false);
            }
        }
    }

    private static PacketFault[] Faults((string Link, long Number) packet, TimeSpan delay) =>
    [
        new(packet.Link, packet.Number, FaultKind.Drop),
        new(packet.Link, packet.Number, FaultKind.Duplicate, delay),
        new(packet.Link, packet.Number, FaultKind.Delay, delay),
    ];
}

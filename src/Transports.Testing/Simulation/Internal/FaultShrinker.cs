namespace Transports.Testing;

/// <summary>Delta debugging (Zeller and Hildebrandt's ddmin) over a list of faults.</summary>
internal sealed class FaultShrinker(Func<IReadOnlyList<PacketFault>, Task<SimulationRun>> play, int maxRuns)
{
    private SimulationRun? _last;

    /// <summary>The smallest list so far that fails.</summary>
    public IReadOnlyList<PacketFault> Smallest { get; private set; } = [];

    public int Runs { get; private set; }

    /// <summary>The run with the smallest list that fails; null if not even the whole list does.</summary>
    public async Task<SimulationRun?> ShrinkAsync(IReadOnlyList<PacketFault> faults)
    {
        Smallest = faults;
        if (await FailsAsync([]).ConfigureAwait(false) || !await FailsAsync(faults).ConfigureAwait(false))
        {
            return _last;
        }

        var parts = 2;
        while (Smallest.Count >= 2 && Runs < maxRuns)
        {
            if (await TryPartsAsync(parts).ConfigureAwait(false) is { } next)
            {
                parts = next;
            }
            else if (parts >= Smallest.Count)
            {
                break;
            }
            else
            {
                parts = Math.Min(2 * parts, Smallest.Count);
            }
        }

        return _last;
    }

    /// <summary>Into how many parts to cut next; null if neither a part nor the rest without one fails.</summary>
    private async Task<int?> TryPartsAsync(int parts)
    {
        var size = (Smallest.Count + parts - 1) / parts;
        foreach (var part in Smallest.Chunk(size).ToArray())
        {
            if (parts > 2 && await FailsAsync(part).ConfigureAwait(false))
            {
                return 2;
            }
        }

        foreach (var part in Smallest.Chunk(size).ToArray())
        {
            if (await FailsAsync([.. Smallest.Except(part)]).ConfigureAwait(false))
            {
                return Math.Max(2, parts - 1);
            }
        }

        return null;
    }

    private async Task<bool> FailsAsync(IReadOnlyList<PacketFault> faults)
    {
        if (Runs >= maxRuns)
        {
            return false;
        }

        Runs++;
        var run = await play(faults).ConfigureAwait(false);
        if (run.Failure is null)
        {
            return false;
        }

        (Smallest, _last) = (faults, run);
        return true;
    }
}

namespace Transports.Testing;

/// <summary>Takes whole kinds of faults out of a run's conditions, as the seed decides.</summary>
internal static class SwarmMask
{
    private const ulong Stream = 0x535741524D;

    private static readonly Func<NetworkConditions, NetworkConditions>[] Removals =
    [
        conditions => conditions with { Loss = null },
        conditions => conditions with { Duplicate = 0 },
        conditions => conditions with { Reorder = 0, ReorderGap = 0 },
        conditions => conditions with { Corrupt = 0 },
        conditions => conditions with { Truncate = 0 },
        conditions => conditions with { Jitter = TimeSpan.Zero },
        conditions => conditions with { BitsPerSecond = 0 },
        conditions => conditions with { SlotMin = TimeSpan.Zero, SlotMax = TimeSpan.Zero },
    ];

    /// <summary>What is left; the same kinds are left out on all links of a run.</summary>
    public static NetworkConditions Apply(NetworkConditions conditions, ulong seed)
    {
        for (var kind = 0; kind < Removals.Length; kind++)
        {
            if (Draws.Below(2, seed, Stream, (ulong)kind) == 0)
            {
                conditions = Removals[kind](conditions);
            }
        }

        return conditions;
    }
}

namespace Transports.Testing;

public sealed partial class NetworkTrace
{
    private static readonly NetworkFault[] AllFaults = Enum.GetValues<NetworkFault>();

    private readonly long[] _fired = new long[AllFaults.Length];
    private readonly bool[] _expected = new bool[AllFaults.Length];

    /// <summary>
    /// How often each fault struck; those that some link's conditions could bring are there even if they never did.
    /// Counted also when the trace is off.
    /// </summary>
    public IReadOnlyDictionary<NetworkFault, long> Coverage => AllFaults
        .Where(fault => fault != NetworkFault.None && (_expected[(int)fault] || Fired(fault) > 0))
        .ToDictionary(fault => fault, Fired);

    /// <summary>How often a fault struck.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such fault.</exception>
    public long Fired(NetworkFault fault) => Interlocked.Read(ref _fired[(int)Limits.Defined(fault, nameof(fault))]);

    /// <summary>The coverage in words: <c>loss 14x, truncate 0x</c>.</summary>
    public string ToCoverageText()
    {
        var coverage = Coverage;
        return coverage.Count == 0
            ? "no faults"
            : string.Join(", ", coverage.Select(item => FormattableString.Invariant(
                $"{TraceTexts.Name(item.Key)} {item.Value}x")));
    }

    /// <summary>Fails unless faults struck, so that a test knows that it tested what it set up.</summary>
    /// <param name="faults">Which; none stands for every fault that the conditions of some link could bring.</param>
    /// <exception cref="InvalidOperationException">One never struck; the message names it and what did.</exception>
    public void AssertFired(params ReadOnlySpan<NetworkFault> faults)
    {
        var wanted = faults.IsEmpty ? AllFaults.Where(fault => _expected[(int)fault]).ToArray() : faults.ToArray();
        var missing = wanted.Where(fault => Fired(fault) == 0).Select(TraceTexts.Name).ToArray();
        if (missing.Length > 0)
        {
            throw new InvalidOperationException(
                $"Never struck: {string.Join(", ", missing)}. Struck: {ToCoverageText()}.");
        }
    }

    /// <summary>Counts a fault that struck. Also when the trace is off.</summary>
    internal void Count(NetworkFault fault) => Interlocked.Increment(ref _fired[(int)fault]);

    /// <summary>
    /// Notes which faults a link's conditions may bring, so that coverage names those that never struck.
    /// </summary>
    internal void Expect(NetworkConditions conditions)
    {
        Expect(NetworkFault.Loss, conditions.Loss is not null);
        Expect(NetworkFault.ListedLoss, conditions.DropFirst > 0 || conditions.DroppedPackets.Count > 0);
        Expect(NetworkFault.Duplicate, conditions.Duplicate > 0);
        Expect(NetworkFault.Reorder, conditions.Reorder > 0);
        Expect(NetworkFault.Corrupt, conditions.Corrupt > 0);
        Expect(NetworkFault.Truncate, conditions.Truncate > 0);
    }

    private void Expect(NetworkFault fault, bool mayCome) => _expected[(int)fault] |= mayCome;
}

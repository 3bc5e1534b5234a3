namespace Transports.Testing;

/// <summary>
/// What a rule decides about a packet. Verdicts are combined with <see cref="And"/>:
/// <c>Verdict.Duplicate().And(Verdict.DeliverAfter(delay))</c>.
/// </summary>
public readonly record struct Verdict
{
    /// <summary>The rule has nothing to say: the next one is asked.</summary>
    public static Verdict Pass => default;

    /// <summary>The packet is lost.</summary>
    public static Verdict Drop => new() { IsDrop = true, Fault = NetworkFault.Rule };

    /// <summary>The packet waits on the link until <see cref="SimulatedLink.Release"/> or its like.</summary>
    public static Verdict Hold => new() { IsHold = true };

    /// <summary>Bits of the payload are flipped; of a TCP segment the receiver's checksum finds it.</summary>
    public static Verdict Corrupt => new() { IsCorrupt = true };

    /// <summary>
    /// A TCP segment is lost, and both ends of its connection get a reset, as from a device on the way. Any other
    /// packet is lost.
    /// </summary>
    public static Verdict Reset => new() { IsReset = true };

    /// <summary>True when there is nothing to it.</summary>
    public bool IsPass => this == default;

    internal bool IsDrop { get; private init; }

    internal NetworkFault Fault { get; private init; }

    internal bool IsHold { get; private init; }

    internal bool IsCorrupt { get; private init; }

    internal bool IsReset { get; private init; }

    internal TimeSpan Delay { get; private init; }

    internal int Copies { get; private init; }

    internal int? Bytes { get; private init; }

    /// <summary>The packet takes that much longer than it would.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delay"/> is negative.</exception>
    public static Verdict DeliverAfter(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Verdict { Delay = delay };
    }

    /// <summary>The packet arrives more than once.</summary>
    /// <param name="copies">How many times more.</param>
    public static Verdict Duplicate(int copies = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(copies);
        return new Verdict { Copies = copies };
    }

    /// <summary>
    /// Only the first bytes of the payload arrive; of a TCP segment the receiver's checksum finds it.
    /// </summary>
    /// <param name="bytes">How many.</param>
    public static Verdict Truncate(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return new Verdict { Bytes = bytes };
    }

    /// <summary>
    /// Both verdicts at once; delays and copies add up, and of two lengths the shorter counts. A drop leaves nothing to
    /// the others, and after it a reset; a hold comes before all that is left, which happens when the packet is let go.
    /// </summary>
    public Verdict And(Verdict other) => new()
    {
        IsDrop = IsDrop || other.IsDrop,
        Fault = Fault == NetworkFault.None ? other.Fault : Fault,
        IsHold = IsHold || other.IsHold,
        IsCorrupt = IsCorrupt || other.IsCorrupt,
        IsReset = IsReset || other.IsReset,
        Delay = Delay + other.Delay,
        Copies = Copies + other.Copies,
        Bytes = Bytes is { } one && other.Bytes is { } two ? Math.Min(one, two) : Bytes ?? other.Bytes,
    };

    /// <summary>The same as <see cref="Drop"/>, but counted as asked for by number.</summary>
    internal static Verdict DropListed() => new() { IsDrop = true, Fault = NetworkFault.ListedLoss };
}

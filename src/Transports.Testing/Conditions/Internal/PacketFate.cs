namespace Transports.Testing;

/// <summary>What becomes of one copy of a packet.</summary>
/// <param name="Drop">Why it is dropped; <see cref="NetworkFault.None"/> if it arrives.</param>
/// <param name="DueTicks">When it arrives, on the clock that <see cref="LinkModel.Admit"/> was given.</param>
/// <param name="PayloadBytes">How much of the payload arrives: less than was sent if it is truncated.</param>
/// <param name="IsTruncated">Whether the payload was cut.</param>
/// <param name="IsCorrupt">Whether <see cref="CorruptionBits.Flip"/> has to be called.</param>
/// <param name="IsReordered">Whether it overtakes those under way.</param>
internal readonly record struct PacketFate(
    NetworkFault Drop,
    long DueTicks,
    int PayloadBytes,
    bool IsTruncated,
    bool IsCorrupt,
    bool IsReordered)
{
    public bool IsDelivered => Drop == NetworkFault.None;

    /// <summary>Whether the payload arrives, but not as it was sent.</summary>
    public bool IsDamaged => IsCorrupt || IsTruncated;
}

namespace Transports.Testing;

/// <summary>One direction of a link: says what becomes of each packet. No clock, no thread, no I/O.</summary>
/// <remarks>
/// Not thread-safe. Packets are admitted in the order of their numbers, with a clock that does not go back. Conditions
/// may change between two packets; packets that are under way keep their fate.
/// </remarks>
internal sealed class LinkModel(ulong seed, ulong link)
{
    public NetworkConditions Conditions { get; set; } = new();

    /// <summary>Decides the fate of a packet that is put on the link.</summary>
    /// <param name="packetNumber">Counted from 1 for this direction of this link.</param>
    /// <param name="payloadBytes">What corruption and truncation may hit.</param>
    /// <param name="headerBytes">What is in front of it: counts for rate, queue and MTU.</param>
    /// <param name="nowTicks">The time, in ticks of 100 ns.</param>
    public Admission Admit(long packetNumber, int payloadBytes, int headerBytes, long nowTicks) => new(
        new PacketFate(NetworkFault.None, nowTicks + Conditions.Delay.Ticks, payloadBytes, false, false, false),
        false,
        default);

    /// <summary>Flips the bits of a payload that <see cref="PacketFate.IsCorrupt"/> speaks of.</summary>
    public void Corrupt(Span<byte> payload, long packetNumber, bool isCopy) =>
        CorruptionBits.Flip(payload, Conditions.Seed ?? seed, link, packetNumber, isCopy, Conditions.CorruptBits);
}

namespace Transports.Testing;

/// <summary>What was drawn for one copy of a packet, before it is known what of it matters.</summary>
internal readonly record struct PacketDraws(
    bool IsLost,
    bool IsCorrupt,
    bool IsTruncated,
    bool Overtakes,
    double Jitter,
    bool IsCopy);

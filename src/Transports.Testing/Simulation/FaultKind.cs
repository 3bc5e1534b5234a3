namespace Transports.Testing;

/// <summary>What a <see cref="PacketFault"/> does.</summary>
public enum FaultKind
{
    /// <summary>The packet is lost.</summary>
    Drop,

    /// <summary>A copy arrives too, that much later than the packet would without faults.</summary>
    Duplicate,

    /// <summary>The packet takes that much longer than it would without faults; or less, if negative.</summary>
    Delay,

    /// <summary>Bits of the payload are flipped.</summary>
    Corrupt,

    /// <summary>Only the first bytes of the payload arrive.</summary>
    Truncate,
}

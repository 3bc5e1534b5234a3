namespace Transports.Testing;

/// <summary>The kinds of draws that are made for a packet, each from a substream of its own.</summary>
internal enum FaultFamily
{
    Duplicate,
    Loss,
    LossState,
    Corrupt,
    CorruptPosition,
    Truncate,
    TruncateLength,
    Reorder,
    Delay,
    Slot,
}

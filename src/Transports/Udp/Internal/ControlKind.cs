namespace Transports;

/// <summary>Which control messages are understood.</summary>
internal enum ControlKind
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>How long each of the datagrams is that the system joined.</summary>
    SegmentLength,

    /// <summary>How many datagrams the socket has dropped for want of room since it was made.</summary>
    Overflow,

    /// <summary>The address of this machine that a datagram came to.</summary>
    LocalAddress,
}

namespace Transports.Testing;

/// <summary>What a <see cref="NetworkTraceEvent"/> tells.</summary>
public enum NetworkEventKind
{
    /// <summary>A packet was put on its link. Every packet begins so, or with <see cref="Retransmitted"/>.</summary>
    Sent,

    /// <summary>A TCP segment was put on its link once more.</summary>
    Retransmitted,

    /// <summary>A copy of a packet arrived.</summary>
    Delivered,

    /// <summary>A copy of a packet was dropped; the event's fault says why.</summary>
    Dropped,

    /// <summary>The link made a copy of the packet; the event's copy number is the copy's.</summary>
    Duplicated,

    /// <summary>The link flipped bits of the packet.</summary>
    Corrupted,

    /// <summary>The link cut off the end of the packet.</summary>
    Truncated,

    /// <summary>The packet was let past those that are under way.</summary>
    Reordered,

    /// <summary>The packet was held by hand.</summary>
    Held,

    /// <summary>A held packet was let go.</summary>
    Released,

    /// <summary>A host began to connect.</summary>
    Connecting,

    /// <summary>A connection stands, as its client sees it.</summary>
    Connected,

    /// <summary>A connection was accepted by its server.</summary>
    Accepted,

    /// <summary>A connection was refused.</summary>
    Refused,

    /// <summary>One side has ended its sending (FIN).</summary>
    Finished,

    /// <summary>A connection was reset (RST).</summary>
    Reset,

    /// <summary>A connection has ended on this side.</summary>
    Closed,

    /// <summary>A link was partitioned, clogged, held, healed, or got other conditions; the note says which.</summary>
    LinkChanged,

    /// <summary>A host crashed, restarted, paused or resumed; the note says which.</summary>
    HostChanged,

    /// <summary>A remark of the test.</summary>
    Note,
}

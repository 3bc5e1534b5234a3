namespace Transports.Testing;

/// <summary>What went wrong with a packet, or why it was dropped.</summary>
public enum NetworkFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Lost by chance, by <see cref="NetworkConditions.Loss"/>.</summary>
    Loss,

    /// <summary>Lost because its number was listed, or it was among the first.</summary>
    ListedLoss,

    /// <summary>Arrived twice.</summary>
    Duplicate,

    /// <summary>Overtook packets that were sent before it.</summary>
    Reorder,

    /// <summary>Bits of its payload were flipped.</summary>
    Corrupt,

    /// <summary>The end of its payload was cut off.</summary>
    Truncate,

    /// <summary>Dropped: the link's queue was full.</summary>
    QueueFull,

    /// <summary>Dropped: longer than the link's MTU.</summary>
    MtuExceeded,

    /// <summary>Dropped: the link was partitioned.</summary>
    Partition,

    /// <summary>Queued by hand, by a clog or a hold.</summary>
    Held,

    /// <summary>Dropped, changed or held by a rule of the test.</summary>
    Rule,

    /// <summary>Dropped: the host was down or paused, or there is none of this address.</summary>
    HostDown,

    /// <summary>Dropped: nobody listened on the port.</summary>
    PortUnreachable,

    /// <summary>Dropped: the receiver's buffer, window or backlog was full.</summary>
    ReceiverFull,

    /// <summary>Dropped or closed by a reset of the connection.</summary>
    Reset,
}

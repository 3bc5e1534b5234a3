namespace Transports.Testing;

/// <summary>Something that happens at a point of virtual time.</summary>
internal interface ITimed
{
    /// <summary>Whether it is a packet under way: a network with one is not idle.</summary>
    bool IsTraffic { get; }

    /// <summary>False for what is not to happen any more: time does not move for it.</summary>
    bool IsDue { get; }

    /// <summary>It happens. On the loop's thread.</summary>
    void Happen();

    /// <summary>It was not due when its turn came, and is off the agenda.</summary>
    void Forget()
    {
    }
}

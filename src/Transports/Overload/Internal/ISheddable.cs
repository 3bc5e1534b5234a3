namespace Transports;

/// <summary>A listener that can do without part of its load.</summary>
internal interface ISheddable
{
    int ConnectionCount { get; }

    /// <summary>How many messages are in handlers.</summary>
    int InFlight { get; }

    /// <summary>Called at every change of the level, and repeatedly at the highest.</summary>
    void Shed(ShedLevel level, TimeSpan idleAfter);
}

namespace Transports.Testing;

/// <summary>One over a transport with a clock of its own: what is built on it goes by that clock still.</summary>
internal sealed class TimedConditionedTransport(
    ITimedTransport transport, NetworkConditions conditions, ulong seed, TimeProvider timeProvider)
    : ConditionedTransport(transport, conditions, seed, timeProvider), ITimedTransport
{
    public TimeProvider TimeProvider { get; } = transport.TimeProvider;

    public int JitterSeed { get; } = transport.JitterSeed;
}

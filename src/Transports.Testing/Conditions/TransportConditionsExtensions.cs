namespace Transports.Testing;

/// <summary>Puts the conditions of a bad network between a program and any transport, real sockets included.</summary>
public static class TransportConditionsExtensions
{
    /// <summary>
    /// A transport whose connections lose, delay and change messages, each way, as the conditions say.
    /// </summary>
    /// <param name="transport">What carries the messages that survive.</param>
    /// <param name="conditions">What befalls each message, in either direction, as if it were one packet.</param>
    /// <param name="seed">The same seed gives the n-th message of the n-th connection the same fate.</param>
    /// <param name="timeProvider">The delays' clock; null is the system's, or that of a simulated network.</param>
    /// <remarks>
    /// <para>
    /// Connections that are made through <see cref="ITransport.ConnectAsync"/> are affected; listeners pass through, so
    /// that no message meets the conditions twice. Delays are kept to the millisecond. The MTU, the rate and the limits
    /// count payloads.
    /// </para>
    /// <para>
    /// On a transport that is reliable and ordered nothing may be lost, so a message that is lost, corrupt or truncated
    /// is delayed by 200 ms, twice as long at each further loss, as TCP's retransmission would; what follows it waits
    /// behind it; duplicates and reordering do not show, and the MTU does not count.
    /// </para>
    /// <para>
    /// Each direction holds at most <see cref="NetworkConditions.MaxQueuedPackets"/> messages: beyond, an unreliable
    /// transport drops, and a reliable one waits. A message that is sent counts as sent once it is under way. Disposal
    /// lets what a reliable connection has under way arrive first, which takes time on the given clock.
    /// </para>
    /// </remarks>
    public static ITransport WithConditions(
        this ITransport transport, NetworkConditions conditions, ulong seed, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(conditions);
        return transport is ITimedTransport timed
            ? new TimedConditionedTransport(timed, conditions, seed, timeProvider ?? timed.TimeProvider)
            : new ConditionedTransport(transport, conditions, seed, timeProvider ?? TimeProvider.System);
    }
}

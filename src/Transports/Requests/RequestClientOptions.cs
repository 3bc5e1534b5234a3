namespace Transports.Requests;

/// <summary>Options of <see cref="RequestClient"/>.</summary>
/// <remarks>A client takes a copy when it is built: later changes have no effect on it.</remarks>
public class RequestClientOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>
    /// How long a request may take in all: waiting for its turn, connecting, every retransmission, and the reply. Past
    /// it the request fails with <see cref="RequestTimeoutException"/>. Default 5 s; from 1 ms to 24 days, or
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: then only cancellation ends a request that is never
    /// answered.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Ordered, reliable transports: how many requests may be waiting to be sent or answered at once; one more waits,
    /// within its time-out, until one of them is. A request that was given up counts until its late reply comes or the
    /// connection ends. Default 1,000; at least 1.
    /// </summary>
    public int MaxPendingRequests { get; set; } = 1000;

    /// <summary>
    /// Ordered, reliable transports: how soon a second attempt to connect follows a failed one. Each further failure
    /// doubles it, up to <see cref="MaxReconnectDelay"/>, and every delay is shortened by a random part of up to half,
    /// so that many clients do not come back at the same moment. Default 100 ms; from 1 ms to 24 days.
    /// </summary>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Ordered, reliable transports: the longest delay before an attempt to connect. Default 10 s; from
    /// <see cref="ReconnectDelay"/> to 24 days.
    /// </summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Makes the random part of the delays between attempts to connect repeatable. Default null: different each time.
    /// </summary>
    public int? JitterSeed { get; set; }

    /// <summary>
    /// Ordered, reliable transports: when a request is given up although it was sent, and nothing at all has been
    /// received for this long while replies were owed, the peer has vanished without a word: the connection is closed
    /// as <see cref="CloseReason.IdleTimeout"/> and the next request makes a new one. Shorter means that a peer which
    /// is only slow loses its connection sooner. Default 15 s; from 1 ms to 24 days, or
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> to wait for the transport to notice.
    /// </summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Other transports: how many requests may be in flight at once, each with a socket of its own; one more waits,
    /// within its time-out. Default 100; at least 1.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 100;

    /// <summary>
    /// Other transports: how soon a request is sent a second time if no reply came. Each further interval is twice as
    /// long, up to <see cref="MaxRetransmitInterval"/>. Shorter than the server usually takes means that every request
    /// is handled twice. Default 250 ms; from 1 ms to 24 days.
    /// </summary>
    public TimeSpan RetransmitInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Other transports: the longest interval between two transmissions of a request. Default 2 s; from
    /// <see cref="RetransmitInterval"/> to 24 days.
    /// </summary>
    public TimeSpan MaxRetransmitInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Other transports: how long a socket on which a reply may still come stays bound after its request has ended,
    /// because it was given up or sent more than once. Until then nobody on this machine gets its port, and a late
    /// reply is dropped and counted. Default 30 s; from 1 ms to 24 days.
    /// </summary>
    public TimeSpan LateReplyTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Other transports: how many sockets may stay bound for <see cref="LateReplyTime"/> at once, beside those of
    /// <see cref="MaxConcurrentRequests"/>; one more closes the oldest. Default 256; 0 keeps none.
    /// </summary>
    public int MaxLateReplySockets { get; set; } = 256;

    /// <summary>A copy that nobody else can change.</summary>
    /// <exception cref="ArgumentException">Names every fault.</exception>
    internal RequestClientOptions Snapshot()
    {
        var faults = new List<string>();
        Duration(faults, Timeout, nameof(Timeout), infinite: true);
        Duration(faults, SilenceTimeout, nameof(SilenceTimeout), infinite: true);
        OptionRules.AtLeast(faults, MaxPendingRequests, 1, nameof(MaxPendingRequests));
        OptionRules.AtLeast(faults, MaxConcurrentRequests, 1, nameof(MaxConcurrentRequests));
        OptionRules.AtLeast(faults, MaxLateReplySockets, 0, nameof(MaxLateReplySockets));
        Duration(faults, LateReplyTime, nameof(LateReplyTime));
        Duration(faults, ReconnectDelay, nameof(ReconnectDelay));
        Duration(faults, MaxReconnectDelay, nameof(MaxReconnectDelay));
        NotShorter(faults, MaxReconnectDelay, nameof(MaxReconnectDelay), ReconnectDelay, nameof(ReconnectDelay));
        Duration(faults, RetransmitInterval, nameof(RetransmitInterval));
        Duration(faults, MaxRetransmitInterval, nameof(MaxRetransmitInterval));
        NotShorter(
            faults,
            MaxRetransmitInterval,
            nameof(MaxRetransmitInterval),
            RetransmitInterval,
            nameof(RetransmitInterval));
        return faults.Count == 0
            ? (RequestClientOptions)MemberwiseClone()
            : throw new ArgumentException($"{GetType().Name}: {string.Join(" ", faults)}");
    }

    private static void Duration(List<string> faults, TimeSpan value, string name, bool infinite = false)
    {
        var isInfinite = infinite && value == System.Threading.Timeout.InfiniteTimeSpan;
        if (!isInfinite && (value < TimeSpan.FromMilliseconds(1) || value > Longest))
        {
            var orInfinite = infinite ? " (or be Timeout.InfiniteTimeSpan)" : "";
            faults.Add($"{name} must be from 1 ms to 24 days{orInfinite}, but is {value}.");
        }
    }

    private static void NotShorter(List<string> faults, TimeSpan value, string name, TimeSpan least, string leastName)
    {
        if (value < least)
        {
            faults.Add($"{name} must not be shorter than {leastName} ({least}), but is {value}.");
        }
    }
}

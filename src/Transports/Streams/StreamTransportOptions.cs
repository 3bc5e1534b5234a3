namespace Transports;

/// <summary>The limits of every transport over a stream of bytes.</summary>
public abstract class StreamTransportOptions : TransportOptions
{
    /// <summary>
    /// The largest payload of a message, in bytes, either way. Checked before anything is allocated. Default 65,536.
    /// </summary>
    public int MaxMessageBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// The most connections that one listener keeps; one more is reset at once and counted as
    /// <see cref="CloseReason.LimitReached"/>. Default 10,000.
    /// </summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// The most connections that one listener keeps from one IP address; one more is reset at once and counted.
    /// Default 10,000, which is no limit of its own: set it where one peer must not take all places.
    /// </summary>
    public int MaxConnectionsPerAddress { get; set; } = 10_000;

    /// <summary>
    /// The most connections that one listener keeps from one network prefix: those who have a whole network have as
    /// many addresses as they like. One more is reset at once and counted. Default 10,000, which is no limit of its
    /// own.
    /// </summary>
    public int MaxConnectionsPerPrefix { get; set; } = 10_000;

    /// <summary>How many bits of an IPv4 address are its prefix, 1 to 32. Default 24.</summary>
    public int PrefixBitsIPv4 { get; set; } = 24;

    /// <summary>
    /// How many bits of an IPv6 address are its prefix, 1 to 128. Default 64: the least that anybody gets (RFC 6177).
    /// </summary>
    public int PrefixBitsIPv6 { get; set; } = 64;

    /// <summary>
    /// The most connections that one listener accepts in a second; what comes above it is reset at once and counted as
    /// <see cref="CloseReason.LimitReached"/>. Default 10,000; 0 is no limit.
    /// </summary>
    public int MaxAcceptsPerSecond { get; set; } = 10_000;

    /// <summary>
    /// How fast a message that has begun must arrive at least, in bytes per second, at a listener; one that is slower
    /// is closed as <see cref="CloseReason.SlowSender"/>. A record of TLS that has begun counts as such a message.
    /// Default 240; 0 is no limit.
    /// </summary>
    public int MinReceiveRate { get; set; } = 240;

    /// <summary>
    /// How long a message may take in any case before <see cref="MinReceiveRate"/> counts. Default 5 s.
    /// </summary>
    public TimeSpan MinReceiveRateGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long an accepted connection may live; then it is closed in an orderly way, as
    /// <see cref="CloseReason.LifetimeReached"/>, after what was read has been answered. Shortened by a part of up to a
    /// tenth that differs from connection to connection, so that those which came together do not leave together.
    /// Default <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan MaxConnectionLifetime { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// How long an accepted connection may be silent before it is closed as <see cref="CloseReason.IdleTimeout"/>. The
    /// time during which its handler works does not count. Default 10 minutes.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a peer may take nothing of what is sent to it before it is closed as
    /// <see cref="CloseReason.SlowConsumer"/>. Default 30 s.
    /// </summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long an orderly close waits for the peer to close too, so that what was sent last is not lost to a reset.
    /// Default 1 s.
    /// </summary>
    public TimeSpan LingerTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an attempt to connect may take. Default 15 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The high-water mark of a connection's output, in bytes: above it sends wait, and nothing more is read from a
    /// peer that does not take its replies. Default 65,536.
    /// </summary>
    public int OutputHighWaterBytes { get; set; } = 64 * 1024;

    /// <summary>How much is read at once, in bytes. Default 16,384.</summary>
    public int ReadBufferBytes { get; set; } = 16 * 1024;

    /// <inheritdoc/>
    protected internal override void Validate(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        base.Validate(faults);
        OptionRules.AtLeast(faults, MaxMessageBytes, 1, nameof(MaxMessageBytes));
        OptionRules.AtLeast(faults, MaxConnections, 1, nameof(MaxConnections));
        OptionRules.AtLeast(faults, MaxConnectionsPerAddress, 1, nameof(MaxConnectionsPerAddress));
        OptionRules.AtLeast(faults, MaxConnectionsPerPrefix, 1, nameof(MaxConnectionsPerPrefix));
        OptionRules.Between(faults, PrefixBitsIPv4, 1, 32, nameof(PrefixBitsIPv4));
        OptionRules.Between(faults, PrefixBitsIPv6, 1, 128, nameof(PrefixBitsIPv6));
        OptionRules.AtLeast(faults, MaxAcceptsPerSecond, 0, nameof(MaxAcceptsPerSecond));
        OptionRules.AtLeast(faults, MinReceiveRate, 0, nameof(MinReceiveRate));
        OptionRules.Timeout(faults, MinReceiveRateGrace, nameof(MinReceiveRateGrace));
        OptionRules.Timeout(faults, MaxConnectionLifetime, nameof(MaxConnectionLifetime));
        OptionRules.Timeout(faults, IdleTimeout, nameof(IdleTimeout));
        OptionRules.Timeout(faults, SendTimeout, nameof(SendTimeout));
        OptionRules.Timeout(faults, LingerTimeout, nameof(LingerTimeout));
        OptionRules.Timeout(faults, ConnectTimeout, nameof(ConnectTimeout));
        OptionRules.AtLeast(faults, OutputHighWaterBytes, 1, nameof(OutputHighWaterBytes));
        OptionRules.AtLeast(faults, ReadBufferBytes, 1, nameof(ReadBufferBytes));
    }
}

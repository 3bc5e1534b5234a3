namespace Transports;

/// <summary>The limits of every transport over a datagram service.</summary>
public abstract class DatagramTransportOptions : TransportOptions
{
    /// <summary>
    /// The largest payload of a datagram, in bytes, either way; a longer one that arrives is dropped and counted, never
    /// cut. Default 65,507, the most that UDP over IPv4 can carry.
    /// </summary>
    public int MaxMessageBytes { get; set; } = 65_507;

    /// <summary>
    /// How many datagrams one listener handles at once; when that many handlers wait, further datagrams are dropped and
    /// counted. Each holds a receive buffer of <see cref="MaxMessageBytes"/> or 64 KiB, whichever is more, at most.
    /// Default 1,024.
    /// </summary>
    public int MaxConcurrentMessages { get; set; } = 1024;

    /// <summary>
    /// How many times the bytes of a datagram a listener may send because of it, in all, headers of UDP and IP counted
    /// on both sides (RFC 768, RFC 791, RFC 8200), until the handler calls
    /// <see cref="MessageContext.ConfirmRemoteAddress"/>. More than that is not sent, but counted: a sender's address
    /// can be forged, and a service that answers with more than it is asked multiplies its attacker's bandwidth.
    /// Default 3, as RFC 9000 section 8.1 has it; 0 is no limit. Peers on the same machine have none: no network hands
    /// over a datagram that claims a loopback address (RFC 1122, section 3.2.1.3).
    /// </summary>
    public int MaxReplyFactor { get; set; } = 3;

    /// <summary>For tests, whose forgers are on the same machine too.</summary>
    internal bool TrustsLoopback { get; set; } = true;

    /// <summary>
    /// How many datagrams a second a listener takes from one source; more are dropped and counted. A source is an
    /// address, or a prefix of one; see <see cref="SourcePrefixBitsIPv4"/>. Each socket of several counts for itself.
    /// Default 0, no limit.
    /// </summary>
    public int SourceRatePerSecond { get; set; }

    /// <summary>
    /// How many datagrams one source may send at once, with <see cref="SourceRatePerSecond"/>. Default 100.
    /// </summary>
    public int SourceBurst { get; set; } = 100;

    /// <summary>
    /// How many sources are told apart at the same time, with <see cref="SourceRatePerSecond"/>; each takes 32 bytes.
    /// When there are more, those that have sent least share. Default 16,384.
    /// </summary>
    public int SourceTableSize { get; set; } = 16_384;

    /// <summary>How many bits of an IPv4 address make a source. Default 32, all of it.</summary>
    public int SourcePrefixBitsIPv4 { get; set; } = 32;

    /// <summary>
    /// How many bits of an IPv6 address make a source. Default 64, as one host is free to choose the others.
    /// </summary>
    public int SourcePrefixBitsIPv6 { get; set; } = 64;

    /// <summary>
    /// The source ports whose datagrams a listener drops, as each belongs to a service that answers anything that it is
    /// sent: two such services answer each other for ever. Default 7 (echo), 11 (systat), 13 (daytime), 17 (qotd),
    /// 19 (chargen), 37 (time), 53 (DNS), 69 (TFTP) and 123 (NTP); no client uses these. Empty refuses none.
    /// </summary>
    public IReadOnlyCollection<int> RefusedSourcePorts { get; set; } = [7, 11, 13, 17, 19, 37, 53, 69, 123];

    /// <inheritdoc/>
    protected internal override void Validate(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        base.Validate(faults);
        OptionRules.AtLeast(faults, MaxMessageBytes, 1, nameof(MaxMessageBytes));
        OptionRules.AtLeast(faults, MaxConcurrentMessages, 1, nameof(MaxConcurrentMessages));
        OptionRules.AtLeast(faults, MaxReplyFactor, 0, nameof(MaxReplyFactor));
        OptionRules.AtLeast(faults, SourceRatePerSecond, 0, nameof(SourceRatePerSecond));
        OptionRules.AtLeast(faults, SourceBurst, 1, nameof(SourceBurst));
        OptionRules.AtLeast(faults, SourceTableSize, 1, nameof(SourceTableSize));
        Within(faults, SourcePrefixBitsIPv4, 32, nameof(SourcePrefixBitsIPv4));
        Within(faults, SourcePrefixBitsIPv6, 128, nameof(SourcePrefixBitsIPv6));
        if (RefusedSourcePorts is null || RefusedSourcePorts.Any(port => port is < 1 or > ushort.MaxValue))
        {
            faults.Add($"{nameof(RefusedSourcePorts)} must be ports from 1 to {ushort.MaxValue}.");
        }

        if (MaxMessageBytes == int.MaxValue)
        {
            faults.Add($"{nameof(MaxMessageBytes)} must be less than {int.MaxValue}.");
        }
    }

    private protected override TransportOptions Copy()
    {
        var copy = (DatagramTransportOptions)base.Copy();
        copy.RefusedSourcePorts = [.. RefusedSourcePorts];
        return copy;
    }

    private static void Within(ICollection<string> faults, int value, int most, string name)
    {
        if (value < 0 || value > most)
        {
            faults.Add($"{name} must be from 0 to {most}, but is {value}.");
        }
    }
}

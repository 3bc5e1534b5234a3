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
    /// counted. Each holds a receive buffer of <see cref="MaxMessageBytes"/>. Default 1,024.
    /// </summary>
    public int MaxConcurrentMessages { get; set; } = 1024;

    /// <inheritdoc/>
    protected internal override void Validate(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        base.Validate(faults);
        OptionRules.AtLeast(faults, MaxMessageBytes, 1, nameof(MaxMessageBytes));
        OptionRules.AtLeast(faults, MaxConcurrentMessages, 1, nameof(MaxConcurrentMessages));
        if (MaxMessageBytes == int.MaxValue)
        {
            faults.Add($"{nameof(MaxMessageBytes)} must be less than {int.MaxValue}.");
        }
    }
}

namespace Transports;

/// <summary>Options of <see cref="UdpTransport"/>.</summary>
/// <remarks>
/// <see cref="DatagramTransportOptions.MaxMessageBytes"/> is at most <see cref="LargestDatagramBytes"/>, its default.
/// Above about 1,432 the network fragments a datagram, and losing one fragment loses it all.
/// </remarks>
public class UdpTransportOptions : DatagramTransportOptions
{
    /// <summary>
    /// The most that an IPv4 datagram can carry: 65,535 less 20 bytes of IP header and 8 of UDP (RFC 768).
    /// </summary>
    public const int LargestDatagramBytes = 65_507;

    /// <summary>
    /// The socket's receive buffer to ask for (SO_RCVBUF), in bytes; 0 leaves the system's. The system may grant less:
    /// what it granted to a listener is measured, and logged once if it is less. Default 1 MiB.
    /// </summary>
    public int ReceiveBufferBytes { get; set; } = 1024 * 1024;

    /// <summary>The socket's send buffer to ask for (SO_SNDBUF), in bytes; 0 leaves the system's. Default 0.</summary>
    public int SendBufferBytes { get; set; }

    /// <summary>
    /// Serve IPv4 too when the address is <see cref="System.Net.IPAddress.IPv6Any"/>. Default true.
    /// </summary>
    public bool DualMode { get; set; } = true;

    /// <summary>
    /// Connect the socket of <see cref="DatagramTransport.ConnectAsync"/>: the system then drops datagrams from anybody
    /// else and reports an unreachable peer. When false the transport drops and counts them itself. Default true.
    /// </summary>
    public bool ConnectSocket { get; set; } = true;

    /// <summary>
    /// Linux: how many sockets, each with a thread of its own, share a listener's port (SO_REUSEPORT, socket(7)); 0 is
    /// one for each core. The system gives all datagrams of one peer to the same one, and each handles its part of
    /// <see cref="DatagramTransportOptions.MaxConcurrentMessages"/>. Default 1, and no more elsewhere.
    /// </summary>
    public int Shards { get; set; } = 1;

    /// <summary>
    /// Linux: lets other processes of the same user listen on the port too, if they all say so; the system shares the
    /// peers out among them. Default false: a port in use is an <see cref="AddressInUseException"/>.
    /// </summary>
    public bool ReusePort { get; set; }

    /// <summary>How many sockets a listener really has.</summary>
    internal int EffectiveShards =>
        !OperatingSystem.IsLinux() ? 1 : Shards == 0 ? Environment.ProcessorCount : Shards;

    /// <inheritdoc/>
    protected internal override void Validate(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        base.Validate(faults);
        OptionRules.AtLeast(faults, ReceiveBufferBytes, 0, nameof(ReceiveBufferBytes));
        OptionRules.AtLeast(faults, SendBufferBytes, 0, nameof(SendBufferBytes));
        OptionRules.AtLeast(faults, Shards, 0, nameof(Shards));
        if (MaxMessageBytes > LargestDatagramBytes)
        {
            faults.Add($"{nameof(MaxMessageBytes)} must be at most {LargestDatagramBytes}, but is {MaxMessageBytes}.");
        }
    }
}

namespace Transports.Testing;

/// <summary>
/// What a link does to the packets that cross it in one direction. Immutable; the default does nothing.
/// </summary>
/// <remarks>
/// <para>
/// The vocabulary and its meaning are those of Linux <c>tc netem</c>: <see cref="Parse"/> reads its grammar,
/// <see cref="ToString"/> writes it and <see cref="ToTcCommand"/> puts the same conditions on a real interface.
/// </para>
/// <para>
/// Probabilities and correlations lie between 0 and 1, and a setter refuses others with an
/// <see cref="ArgumentOutOfRangeException"/>. Every draw is a function of seed, link, kind of fault and packet number:
/// changing one knob changes no draw of another.
/// </para>
/// </remarks>
public sealed partial record NetworkConditions
{
    private readonly PacketNumbers _droppedPackets = PacketNumbers.None;

    /// <summary>How long a packet travels. Default zero.</summary>
    public TimeSpan Delay { get; init => field = Limits.NotNegative(value); }

    /// <summary>
    /// How far <see cref="Delay"/> varies; what it measures, <see cref="Distribution"/> says. Default zero.
    /// </summary>
    /// <remarks>
    /// Jitter alone reorders packets: each is delivered when it is due. A negative delay is due at once.
    /// </remarks>
    public TimeSpan Jitter { get; init => field = Limits.NotNegative(value); }

    /// <summary>How much the jitter of a packet depends on that of the packet before. Default 0.</summary>
    public double DelayCorrelation { get; init => field = Probabilities.Checked(value); }

    /// <summary>How the jitter is distributed. Default <see cref="DelayDistribution.Uniform"/>.</summary>
    public DelayDistribution Distribution { get; init => field = Limits.Defined(value); }

    /// <summary>
    /// No packet is delayed for longer than this, rate and slots apart. Zero, the default, is no cap.
    /// </summary>
    public TimeSpan MaxDelay { get; init => field = Limits.NotNegative(value); }

    /// <summary>The share of slow packets of <see cref="DelayDistribution.TwoPeaked"/>. Default 0.001.</summary>
    public double SlowShare { get; init => field = Probabilities.Checked(value); } = 0.001;

    /// <summary>Bits per second. Zero, the default, is no limit.</summary>
    public long BitsPerSecond { get; init => field = Limits.NotNegative(value); }

    /// <summary>Bytes that the rate counts for each packet beside its own; may be negative. Default 0.</summary>
    public int PacketOverheadBytes { get; init; }

    /// <summary>How many packets may be under way; one more is dropped. Default 1000, as netem's.</summary>
    public int MaxQueuedPackets { get; init => field = Limits.Positive(value); } = 1000;

    /// <summary>
    /// How many bytes may be under way; what exceeds them is dropped. Zero, the default, is no limit.
    /// </summary>
    public long MaxQueuedBytes { get; init => field = Limits.NotNegative(value); }

    /// <summary>
    /// Packets leave in bursts, the next no sooner than this after the last. Zero, the default: no slots.
    /// </summary>
    public TimeSpan SlotMin { get; init => field = Limits.NotNegative(value); }

    /// <summary>
    /// The next burst leaves after an evenly distributed time between <see cref="SlotMin"/> and this. Default zero:
    /// always <see cref="SlotMin"/>.
    /// </summary>
    public TimeSpan SlotMax { get; init => field = Limits.NotNegative(value); }

    /// <summary>How many packets leave in one burst at most. Zero, the default, is no limit.</summary>
    public int MaxSlotPackets { get; init => field = Limits.NotNegative(value); }

    /// <summary>A burst ends with the packet that fills so many bytes. Zero, the default, is no limit.</summary>
    public long MaxSlotBytes { get; init => field = Limits.NotNegative(value); }

    /// <summary>Which packets are lost by chance. Null, the default, is none.</summary>
    public LossModel? Loss { get; init; }

    /// <summary>So many packets are lost before the first gets through. Default 0.</summary>
    public int DropFirst { get; init => field = Limits.NotNegative(value); }

    /// <summary>These packets are lost, counted from 1 per link and direction. Default none.</summary>
    public IReadOnlyList<long> DroppedPackets
    {
        get => _droppedPackets;
        init => _droppedPackets = new PacketNumbers(value);
    }

    /// <summary>
    /// How probable it is that a packet arrives twice. The copy meets delay and faults of its own. Default 0.
    /// </summary>
    public double Duplicate { get; init => field = Probabilities.Checked(value); }

    /// <summary>How much a draw for <see cref="Duplicate"/> depends on the one before. Default 0.</summary>
    public double DuplicateCorrelation { get; init => field = Probabilities.Checked(value); }

    /// <summary>
    /// How probable it is that a packet overtakes all that are under way. Shows only with a delay. Default 0.
    /// </summary>
    public double Reorder { get; init => field = Probabilities.Checked(value); }

    /// <summary>How much a draw for <see cref="Reorder"/> depends on the one before. Default 0.</summary>
    public double ReorderCorrelation { get; init => field = Probabilities.Checked(value); }

    /// <summary>At most every so-manieth packet overtakes. Zero, the default, and 1: any packet may.</summary>
    public int ReorderGap { get; init => field = Limits.NotNegative(value); }

    /// <summary>How probable it is that bits of a packet's payload are flipped. Default 0.</summary>
    public double Corrupt { get; init => field = Probabilities.Checked(value); }

    /// <summary>How much a draw for <see cref="Corrupt"/> depends on the one before. Default 0.</summary>
    public double CorruptCorrelation { get; init => field = Probabilities.Checked(value); }

    /// <summary>How many bits are flipped in a corrupt packet. Default 1.</summary>
    public int CorruptBits { get; init => field = Limits.Positive(value); } = 1;

    /// <summary>
    /// Whether the receiver's checksum finds a corrupt datagram and drops it. Default false: it is delivered. TCP
    /// always finds it.
    /// </summary>
    public bool DropCorrupt { get; init; }

    /// <summary>How probable it is that the end of a packet's payload is cut off. Default 0.</summary>
    public double Truncate { get; init => field = Probabilities.Checked(value); }

    /// <summary>
    /// The largest packet that gets through, in bytes with all its headers. Zero, the default, is no limit.
    /// </summary>
    public int MtuBytes { get; init => field = Limits.NotNegative(value); }

    /// <summary>The seed of all draws on this link. Null, the default, is the seed of the network.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Whether <see cref="DroppedPackets"/> holds the number.</summary>
    internal bool IsListed(long packetNumber) => _droppedPackets.Contains(packetNumber);
}

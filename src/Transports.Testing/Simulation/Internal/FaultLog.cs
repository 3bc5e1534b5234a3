namespace Transports.Testing;

/// <summary>
/// The faults of a run, packet by packet: written down as chance decides them, or played back from a list with chance
/// switched off.
/// </summary>
internal sealed class FaultLog(IReadOnlyList<PacketFault>? plan)
{
    private readonly ILookup<(string Link, long Number), PacketFault>? _plan =
        plan?.ToLookup(fault => (fault.Link, fault.PacketNumber));

    private readonly List<PacketFault> _faults = [];
    private readonly List<(string Link, long Number)> _packets = [];

    /// <summary>Whether to write down; costs a little for each packet.</summary>
    public bool IsOn { get; init; }

    /// <summary>What went wrong, in order.</summary>
    public IReadOnlyList<PacketFault> Faults => _faults;

    /// <summary>Every packet that was sent, in order.</summary>
    public IReadOnlyList<(string Link, long Number)> Packets => _packets;

    /// <summary>A link's conditions; where a plan is played back, without chance.</summary>
    public NetworkConditions Filter(NetworkConditions conditions) =>
        _plan is null ? conditions : WithoutChance(conditions);

    /// <summary>What is left of a link's conditions when chance is switched off.</summary>
    public static NetworkConditions WithoutChance(NetworkConditions conditions) => conditions with
    {
        Jitter = TimeSpan.Zero,
        DelayCorrelation = 0,
        Distribution = DelayDistribution.Uniform,
        MaxDelay = TimeSpan.Zero,
        SlotMin = TimeSpan.Zero,
        SlotMax = TimeSpan.Zero,
        Loss = null,
        DropFirst = 0,
        DroppedPackets = [],
        Duplicate = 0,
        Reorder = 0,
        ReorderGap = 0,
        Corrupt = 0,
        Truncate = 0,
    };

    /// <summary>What becomes of a packet: as chance says, or as is planned.</summary>
    public Admission Decide(
        SimulatedLink link, SimulatedPacket packet, Admission admission, NetworkConditions conditions, long now)
    {
        if (!IsOn && _plan is null)
        {
            return admission;
        }

        var name = link.ToString();
        _packets.Add((name, packet.Number));
        if (_plan is not null)
        {
            return Play(_plan[(name, packet.Number)], admission);
        }

        var without = conditions.BitsPerSecond > 0 ? admission.Original.DueTicks : now + conditions.Delay.Ticks;
        Write(name, packet.Number, admission.Original, without);
        if (admission.HasCopy && admission.Copy.IsDelivered)
        {
            var later = TimeSpan.FromTicks(admission.Copy.DueTicks - without);
            _faults.Add(new PacketFault(name, packet.Number, FaultKind.Duplicate, later));
        }

        return admission;
    }

    private static Admission Play(IEnumerable<PacketFault> faults, Admission admission)
    {
        var fate = admission.Original;
        var due = fate.DueTicks;
        foreach (var fault in faults)
        {
            fate = fault.Kind switch
            {
                FaultKind.Drop => fate with { Drop = NetworkFault.ListedLoss },
                FaultKind.Delay => fate with { DueTicks = due + fault.Time.Ticks },
                FaultKind.Corrupt => fate with { IsCorrupt = true },
                FaultKind.Truncate => fate with { IsTruncated = true, PayloadBytes = fault.Bytes },
                _ => fate,
            };
            if (fault.Kind == FaultKind.Duplicate)
            {
                var copy = admission.Original with { DueTicks = due + fault.Time.Ticks };
                admission = admission with { HasCopy = true, Copy = copy };
            }
        }

        return admission with { Original = fate };
    }

    private void Write(string link, long number, in PacketFate fate, long without)
    {
        if (!fate.IsDelivered)
        {
            _faults.Add(new PacketFault(link, number, FaultKind.Drop));
            return;
        }

        if (fate.DueTicks != without)
        {
            _faults.Add(new PacketFault(
                link, number, FaultKind.Delay, TimeSpan.FromTicks(fate.DueTicks - without)));
        }

        if (fate.IsTruncated)
        {
            _faults.Add(new PacketFault(link, number, FaultKind.Truncate, Bytes: fate.PayloadBytes));
        }

        if (fate.IsCorrupt)
        {
            _faults.Add(new PacketFault(link, number, FaultKind.Corrupt));
        }
    }
}

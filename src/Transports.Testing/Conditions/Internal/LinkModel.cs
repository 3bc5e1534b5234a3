namespace Transports.Testing;

/// <summary>One direction of a link: says what becomes of each packet. No clock, no thread, no I/O.</summary>
/// <remarks>
/// <para>
/// Not thread-safe. Packets are admitted in the order of their numbers, with a clock that does not go back. Conditions
/// may change between two packets; packets that are under way keep their fate.
/// </para>
/// <para>
/// The order is netem's: duplicate and loss are both drawn, and both at once leave one packet; corrupt; the limit of
/// the queue, which takes the copy too; the copy is queued with draws of its own, but not duplicated again; then
/// reorder, delay and rate. What netem has no word for stands where it does least harm: the MTU and listed losses
/// before everything, truncation beside corruption. One difference is meant: a packet's draws do not depend on the fate
/// of those before it, so packets that are lost count for <c>reorder ... gap</c> and for correlations too.
/// </para>
/// </remarks>
internal sealed class LinkModel(ulong seed, ulong link)
{
    private readonly LinkQueue _queue = new();
    private Substreams _streams = new(seed, link);
    private CorrelatedDraws _duplicate = new(FaultFamily.Duplicate);
    private CorrelatedDraws _corrupt = new(FaultFamily.Corrupt);
    private CorrelatedDraws _reorder = new(FaultFamily.Reorder);
    private CorrelatedDraws _delay = new(FaultFamily.Delay);
    private LossChain _loss = new();
    private SlotClock _slots = new();
    private long _sinceReordered;

    public NetworkConditions Conditions
    {
        get;
        set
        {
            field = value;
            _streams = new Substreams(value.Seed ?? seed, link);
        }
    } = new();

    /// <summary>Decides the fate of a packet that is put on the link.</summary>
    /// <param name="packetNumber">Counted from 1 for this direction of this link.</param>
    /// <param name="payloadBytes">What corruption and truncation may hit.</param>
    /// <param name="headerBytes">What is in front of it: counts for rate, queue and MTU.</param>
    /// <param name="nowTicks">The time, in ticks of 100 ns.</param>
    public Admission Admit(long packetNumber, int payloadBytes, int headerBytes, long nowTicks)
    {
        _queue.Advance(nowTicks);
        var packet = new PacketOnLink(packetNumber, payloadBytes, payloadBytes + headerBytes, nowTicks);
        var isDuplicated = _duplicate.Happens(
            Conditions.Duplicate, _streams, packetNumber, isCopy: false, Conditions.DuplicateCorrelation);
        var mayOvertake = MayOvertake();
        var draws = Draw(packet, isCopy: false, mayOvertake);
        var copyDraws = isDuplicated ? Draw(packet, isCopy: true, mayOvertake) : default;
        _sinceReordered = draws.Overtakes ? 0 : _sinceReordered + 1;

        if (Refusal(packet) is not NetworkFault.None and var refusal)
        {
            return new Admission(packet.Dropped(refusal), false, default);
        }

        if (draws.IsLost && !isDuplicated)
        {
            return new Admission(packet.Dropped(NetworkFault.Loss), false, default);
        }

        isDuplicated &= !draws.IsLost;
        if (IsFull(packet))
        {
            return new Admission(packet.Dropped(NetworkFault.QueueFull), false, default);
        }

        var copy = isDuplicated ? QueueCopy(packet, copyDraws) : default;
        return new Admission(Queue(packet, draws), isDuplicated, copy);
    }

    /// <summary>Flips the bits of a payload that <see cref="PacketFate.IsCorrupt"/> speaks of.</summary>
    /// <param name="payload">As it arrives: truncated, if it was.</param>
    /// <param name="packetNumber">As it was admitted.</param>
    /// <param name="isCopy">Whether it is the copy.</param>
    public void Corrupt(Span<byte> payload, long packetNumber, bool isCopy) =>
        CorruptionBits.Flip(payload, _streams, packetNumber, isCopy, Conditions.CorruptBits);

    private NetworkFault Refusal(in PacketOnLink packet)
    {
        if (Conditions.MtuBytes > 0 && packet.TotalBytes > Conditions.MtuBytes)
        {
            return NetworkFault.MtuExceeded;
        }

        return packet.Number <= Conditions.DropFirst || Conditions.IsListed(packet.Number)
            ? NetworkFault.ListedLoss
            : NetworkFault.None;
    }

    private bool IsFull(in PacketOnLink packet) => _queue.Packets >= Conditions.MaxQueuedPackets
        || (Conditions.MaxQueuedBytes > 0 && _queue.Bytes + packet.TotalBytes > Conditions.MaxQueuedBytes);

    private bool MayOvertake() => Conditions.Reorder > 0 && _sinceReordered >= Conditions.ReorderGap - 1;

    /// <summary>
    /// Makes all draws for a packet, wanted or not: what befalls it must not decide what the next one draws.
    /// </summary>
    private PacketDraws Draw(in PacketOnLink packet, bool isCopy, bool mayOvertake)
    {
        var conditions = Conditions;
        var number = packet.Number;
        var jitter = conditions.Jitter > TimeSpan.Zero
            ? _delay.Next(_streams, number, isCopy, conditions.DelayCorrelation)
            : 0.5;
        return new PacketDraws(
            _loss.IsLost(conditions.Loss, _streams, number, isCopy),
            _corrupt.Happens(conditions.Corrupt, _streams, number, isCopy, conditions.CorruptCorrelation),
            conditions.Truncate > 0
                && _streams.Unit(FaultFamily.Truncate, number, isCopy) < conditions.Truncate,
            _reorder.Happens(conditions.Reorder, _streams, number, isCopy, conditions.ReorderCorrelation)
                && mayOvertake,
            jitter,
            isCopy);
    }

    private PacketFate QueueCopy(in PacketOnLink packet, in PacketDraws draws)
    {
        if (draws.IsLost)
        {
            return packet.Dropped(NetworkFault.Loss);
        }

        return IsFull(packet) ? packet.Dropped(NetworkFault.QueueFull) : Queue(packet, draws);
    }

    private PacketFate Queue(in PacketOnLink packet, in PacketDraws draws)
    {
        var due = draws.Overtakes ? packet.NowTicks : Travel(packet, draws.Jitter);
        due = _slots.Next(Conditions, _streams, due, packet.NowTicks, packet.TotalBytes);
        _queue.Add(packet.TotalBytes, due);
        var isTruncated = draws.IsTruncated && packet.PayloadBytes > 0;
        var payloadBytes = isTruncated
            ? (int)_streams.Below(packet.PayloadBytes, FaultFamily.TruncateLength, packet.Number, draws.IsCopy)
            : packet.PayloadBytes;
        return new PacketFate(
            NetworkFault.None, due, payloadBytes, isTruncated, draws.IsCorrupt, draws.Overtakes);
    }

    private long Travel(in PacketOnLink packet, double jitter)
    {
        var delay = DelayQuantiles.DelayTicks(Conditions, jitter);
        if (Conditions.MaxDelay > TimeSpan.Zero)
        {
            delay = Math.Min(delay, Conditions.MaxDelay.Ticks);
        }

        var bytes = (long)packet.TotalBytes + Conditions.PacketOverheadBytes;
        return _queue.Transmit(packet.NowTicks + delay, packet.NowTicks, bytes, Conditions.BitsPerSecond);
    }
}

namespace Transports.Testing;

/// <summary>
/// Lets packets leave in bursts: each waits for the first slot that begins after it is due and has room.
/// </summary>
internal struct SlotClock()
{
    private long _slotTicks = long.MinValue;
    private long _slotNumber;
    private long _packets;
    private long _bytes;

    public long Next(NetworkConditions conditions, in Substreams streams, long dueTicks, long nowTicks, int bytes)
    {
        if (conditions.SlotMin <= TimeSpan.Zero && conditions.SlotMax <= TimeSpan.Zero)
        {
            return dueTicks;
        }

        if (_slotTicks < dueTicks)
        {
            Open(conditions, streams, Math.Max(nowTicks, _slotTicks));
            if (_slotTicks < dueTicks)
            {
                Open(conditions, streams, dueTicks);
            }
        }

        var slot = _slotTicks;
        _packets++;
        _bytes += bytes;
        if ((conditions.MaxSlotPackets > 0 && _packets >= conditions.MaxSlotPackets)
            || (conditions.MaxSlotBytes > 0 && _bytes >= conditions.MaxSlotBytes))
        {
            Open(conditions, streams, slot);
        }

        return slot;
    }

    private void Open(NetworkConditions conditions, in Substreams streams, long afterTicks)
    {
        var spread = conditions.SlotMax.Ticks - conditions.SlotMin.Ticks;
        var extra = spread > 0 ? streams.Below(spread, FaultFamily.Slot, ++_slotNumber) : 0;
        _slotTicks = afterTicks + conditions.SlotMin.Ticks + extra;
        _packets = 0;
        _bytes = 0;
    }
}

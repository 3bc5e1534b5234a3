namespace Transports.Testing;

/// <summary>The packets that are under way on a link, as far as its limits and its rate ask for them.</summary>
internal sealed class LinkQueue
{
    private readonly PriorityQueue<int, long> _packets = new();
    private long _lastDueTicks = long.MinValue;
    private long _rateRemainder;

    public int Packets => _packets.Count;

    public long Bytes { get; private set; }

    /// <summary>Takes off the packets that have arrived by now.</summary>
    public void Advance(long nowTicks)
    {
        while (_packets.TryPeek(out var bytes, out var due) && due <= nowTicks)
        {
            _packets.Dequeue();
            Bytes -= bytes;
        }
    }

    public void Add(int bytes, long dueTicks)
    {
        _packets.Enqueue(bytes, dueTicks);
        Bytes += bytes;
    }

    /// <summary>
    /// When a packet is through: its transmission begins when its delay is over and that of the last one queued has
    /// ended. What does not make a whole tick is carried on, so that a fast link keeps its rate.
    /// </summary>
    public long Transmit(long readyTicks, long nowTicks, long bytes, long bitsPerSecond)
    {
        if (bitsPerSecond > 0)
        {
            var queues = _lastDueTicks > nowTicks && _lastDueTicks >= readyTicks;
            var units = (Int128)Math.Max(0, bytes) * 8 * TimeSpan.TicksPerSecond;
            units += queues ? _rateRemainder : 0;
            readyTicks = (queues ? _lastDueTicks : readyTicks) + (long)(units / bitsPerSecond);
            _rateRemainder = (long)(units % bitsPerSecond);
        }

        readyTicks = Math.Max(readyTicks, nowTicks);
        _lastDueTicks = Math.Max(_lastDueTicks, readyTicks);
        return readyTicks;
    }
}

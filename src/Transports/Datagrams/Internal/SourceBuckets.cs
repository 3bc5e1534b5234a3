namespace Transports;

/// <summary>
/// A token bucket for each source, in a table that never grows: 32 bytes a bucket, nothing allocated for a datagram.
/// Belongs to one receive loop.
/// </summary>
/// <remarks>
/// <para>
/// A bucket is one number, the time at which it will be full again (the generic cell rate algorithm): a source may send
/// as long as that is at most a burst away.
/// </para>
/// <para>
/// A source without a bucket takes over the fullest one of its set, with what is missing in it. So nobody ever
/// gains credit by being forgotten: the fullest of a set only grows emptier by that, and whoever comes back finds it at
/// most as full as the own one was. Which sources share a set is decided by a hash whose seed nobody outside knows.
/// </para>
/// </remarks>
internal sealed class SourceBuckets
{
    private const int Ways = 8;

    private readonly Bucket[] _buckets;
    private readonly long _cost;
    private readonly long _tolerance;

    /// <summary>Makes a table.</summary>
    /// <param name="ratePerSecond">Datagrams a second that a source may send for ever.</param>
    /// <param name="burst">Datagrams that a source may send at once.</param>
    /// <param name="size">How many buckets, at least.</param>
    /// <param name="frequency">What the clock counts in a second.</param>
    public SourceBuckets(int ratePerSecond, int burst, int size, long frequency)
    {
        _buckets = new Bucket[(size + Ways - 1) / Ways * Ways];
        _cost = Math.Max(1, frequency / ratePerSecond);
        _tolerance = (burst - 1) * _cost;
    }

    /// <summary>Takes a token from the bucket of that source; false when it has none.</summary>
    public bool TryTake(UInt128 source, long now)
    {
        var set = _buckets.AsSpan(SetOf(source), Ways);
        ref var fullest = ref set[0];
        foreach (ref var bucket in set)
        {
            if (bucket.Source == source)
            {
                return TryTake(ref bucket, now);
            }

            if (bucket.FullAt < fullest.FullAt)
            {
                fullest = ref bucket;
            }
        }

        if (!TryTake(ref fullest, now))
        {
            return false;
        }

        fullest.Source = source;
        return true;
    }

    private bool TryTake(ref Bucket bucket, long now)
    {
        var fullAt = Math.Max(bucket.FullAt, now);
        if (fullAt - now > _tolerance)
        {
            return false;
        }

        bucket.FullAt = fullAt + _cost;
        return true;
    }

    private int SetOf(UInt128 source)
    {
        var hash = (uint)HashCode.Combine(
            (uint)(source >> 96), (uint)(source >> 64), (uint)(source >> 32), (uint)source);
        return (int)((hash * (ulong)(_buckets.Length / Ways)) >> 32) * Ways;
    }

    private struct Bucket
    {
        public UInt128 Source;
        public long FullAt;
    }
}

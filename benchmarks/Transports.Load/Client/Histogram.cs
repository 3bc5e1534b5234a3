using System.Numerics;

namespace Transports.Load;

/// <summary>Counts times in buckets of 1.6 % width (64 to each power of two); allocates when made, not after.</summary>
internal sealed class Histogram
{
    private const int SubBits = 6;
    private const int SubBuckets = 1 << SubBits;
    private readonly long[] _buckets = new long[(64 - SubBits) * SubBuckets];
    private long _count;

    public void Clear()
    {
        Array.Clear(_buckets);
        _count = 0;
    }

    public void Record(long nanoseconds, int times = 1)
    {
        _buckets[Bucket(Math.Max(0, nanoseconds))] += times;
        _count += times;
    }

    /// <summary>The time below which this part of all is, in nanoseconds; 0 if nothing was recorded.</summary>
    public long Percentile(double percent)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(_count * percent / 100));
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            rank -= _buckets[bucket];
            if (rank <= 0)
            {
                return Middle(bucket);
            }
        }

        return 0;
    }

    private static int Bucket(long value)
    {
        if (value < SubBuckets)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return ((shift + 1) << SubBits) + (int)((value >> shift) - SubBuckets);
    }

    private static long Middle(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return bucket;
        }

        var shift = (bucket >> SubBits) - 1;
        var low = (long)(SubBuckets + (bucket & (SubBuckets - 1))) << shift;
        return low + ((1L << shift) / 2);
    }
}

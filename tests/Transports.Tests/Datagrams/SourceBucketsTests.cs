namespace Transports.Tests.Datagrams;

/// <summary>What a source may send, whoever else floods the table.</summary>
public sealed class SourceBucketsTests
{
    private const long Second = 1000;

    [Fact]
    public void Source_AfterABurst_GetsItsRate()
    {
        var buckets = new SourceBuckets(ratePerSecond: 10, burst: 5, size: 8, Second);

        Assert.Equal(5, Take(buckets, 1, 20, now: 0));
        Assert.Equal(0, Take(buckets, 1, 20, now: 99));
        Assert.Equal(1, Take(buckets, 1, 20, now: 100));
        Assert.Equal(2, Take(buckets, 1, 20, now: 300));
        Assert.Equal(5, Take(buckets, 1, 20, now: 100 * Second));
    }

    [Fact]
    public void Sources_InATableWithRoom_DoNotShare()
    {
        var buckets = new SourceBuckets(ratePerSecond: 10, burst: 5, size: 16_384, Second);
        for (var source = 1; source <= 1000; source++)
        {
            Assert.Equal(5, Take(buckets, (UInt128)source, 20, now: 0));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Source_WhateverFloodsTheTable_NeverGainsCredit(int seed)
    {
        // What one source gets is compared with a bucket that is never forgotten. The table has eight places for 200.
        var random = new Random(seed);
        var buckets = new SourceBuckets(ratePerSecond: 100, burst: 10, size: 8, Second);
        var alone = Enumerable.Range(0, 200).Select(_ => new SourceBuckets(100, 10, 8, Second)).ToArray();
        long now = 0;
        var taken = 0;
        for (var index = 0; index < 100_000; index++)
        {
            now += random.Next(100) == 0 ? random.Next(200) : 0;
            var source = random.Next(3) == 0 ? random.Next(3) : random.Next(200);
            if (buckets.TryTake((UInt128)(source + 1), now))
            {
                taken++;
                Assert.True(alone[source].TryTake((UInt128)(source + 1), now), $"source {source} gained at {index}");
            }
        }

        Assert.InRange(taken, 1000, 100_000);
    }

    [Fact]
    public void Abuser_WhoForgesThousandsOfOthers_StaysLimited()
    {
        const int Rate = 100;
        const int Burst = 20;
        const int Seconds = 10;
        var buckets = new SourceBuckets(Rate, Burst, size: 1024, Second);
        var abused = 0;
        UInt128 forged = 1_000_000;
        for (long now = 0; now < Seconds * Second; now++)
        {
            // 20 datagrams of its own and 20 of as many forged sources in each thousandth of a second.
            abused += Take(buckets, 7, 20, now);
            for (var index = 0; index < 20; index++)
            {
                buckets.TryTake(++forged, now);
            }
        }

        Assert.InRange(abused, 0, Burst + (Rate * Seconds));
    }

    [Fact]
    public void ModestSource_WhileThousandsFlood_IsHardlyEverRefused()
    {
        // 100,000 datagrams a second of ever new sources; the table can follow 1,024 x 100 a second.
        var buckets = new SourceBuckets(ratePerSecond: 100, burst: 20, size: 1024, Second);
        UInt128 forged = 1_000_000;
        var answered = 0;
        for (long now = 0; now < 10 * Second; now++)
        {
            for (var index = 0; index < 100; index++)
            {
                buckets.TryTake(++forged, now);
            }

            answered += now % 100 == 0 ? Take(buckets, 7, 1, now) : 0;
        }

        Assert.InRange(answered, 95, 100);
    }

    [Fact]
    public void Take_OverAndOver_AllocatesNothing()
    {
        var buckets = new SourceBuckets(ratePerSecond: 100, burst: 20, size: 1024, Second);
        Flood();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Flood();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Flood()
        {
            for (var index = 0; index < 10_000; index++)
            {
                buckets.TryTake((UInt128)(index + 1), index);
            }
        }
    }

    private static int Take(SourceBuckets buckets, UInt128 source, int times, long now)
    {
        var taken = 0;
        for (var index = 0; index < times; index++)
        {
            taken += buckets.TryTake(source, now) ? 1 : 0;
        }

        return taken;
    }
}

namespace Transports.Load.Tests;

public class HistogramTests
{
    [Theory]
    [InlineData(50, 5_000)]
    [InlineData(99, 9_900)]
    [InlineData(99.9, 9_990)]
    [InlineData(100, 10_000)]
    public void Percentile_OfEvenlySpreadTimes_IsWithinABucket(double percent, double expected)
    {
        var histogram = new Histogram();
        for (var time = 1; time <= 10_000; time++)
        {
            histogram.Record(time);
        }

        Assert.InRange(histogram.Percentile(percent), expected * 0.98, expected * 1.02);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000_000_007)]
    [InlineData(long.MaxValue)]
    public void Percentile_OfOneTime_IsThatTime(long time)
    {
        var histogram = new Histogram();

        histogram.Record(time);

        var most = time + (Math.Min(time, long.MaxValue - time) / 64);
        Assert.InRange(histogram.Percentile(50), time - (time / 64), most);
    }

    [Fact]
    public void Percentile_AfterClear_ForgetsWhatWasRecorded()
    {
        var histogram = new Histogram();
        histogram.Record(1_000_000);

        histogram.Clear();
        histogram.Record(10);

        Assert.Equal(10, histogram.Percentile(100));
    }
}

namespace Transports.Load.Tests;

public class ScenarioResultTests
{
    private static readonly Machine Machine = new("test", 2, "test", "test");

    [Fact]
    public void Ratio_OfTwoServers_IsTakenWithinEachTurn()
    {
        // The machine was half as fast in the second turn: the ratio is 2 all the same.
        var result = new ScenarioResult("test", Machine, new Plan())
        {
            Samples = [Cpu("a", 0, 20), Cpu("b", 0, 10), Cpu("a", 1, 40), Cpu("b", 1, 20), Cpu("a", 2, 60)],
        };

        Assert.Equal(2, result.Ratio("a", "b", LoadShape.Busy, slice => slice.CpuPerMessage));
    }

    [Fact]
    public void Ratio_ToAServerThatWasNotMeasured_IsNotANumber()
    {
        var result = new ScenarioResult("test", Machine, new Plan()) { Samples = [Cpu("a", 0, 20)] };

        Assert.Equal(double.NaN, result.Ratio("a", "b", LoadShape.Busy, slice => slice.CpuPerMessage));
    }

    [Theory]
    [InlineData(new[] { 3.0, 1.0, 100.0 }, 3.0)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 100.0 }, 3.0)]
    public void Median_OfValues_IsTheMiddle(double[] values, double expected) =>
        Assert.Equal(expected, Statistics.Median(values));

    private static Sample Cpu(string server, int turn, double microseconds) => new(
        server, LoadShape.Busy, 0, turn, new SliceResult { Messages = 1, CpuMicroseconds = microseconds });
}

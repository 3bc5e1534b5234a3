using System.Globalization;

namespace Transports.Tests.Diagnostics;

public class DurationTextTests
{
    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(0.5, "0.5 ms")]
    [InlineData(100, "100 ms")]
    [InlineData(1000, "1 s")]
    [InlineData(1500, "1.5 s")]
    [InlineData(300_000, "300 s")]
    public void Of_ATime_HasAUnit(double milliseconds, string expected) =>
        Assert.Equal(expected, DurationText.Of(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Of_ATime_IsTheSameInEveryCulture()
    {
        var culture = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        commas.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = commas;
        try
        {
            Assert.Equal("1.5 s", DurationText.Of(TimeSpan.FromSeconds(1.5)));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}

using System.Text;
using Netstrings;
using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>A framing that is not built in, and stands in the guide: it needs no more than what is public.</summary>
public class NetstringFramingTests
{
    [Fact]
    public void ToString_WithoutANameInUris_IsTheTypesName() =>
        Assert.Equal(nameof(NetstringFraming), new NetstringFraming().ToString());

    [Theory]
    [InlineData("5:hello,", "hello")]
    [InlineData("0:,3:a:b,", "|a:b")]
    public void Read_Netstrings_GivesTheirPayloads(string stream, string expected)
    {
        var read = FrameReader.ReadAll(new NetstringFraming(), Encoding.UTF8.GetBytes(stream), 10, () => 1);

        Assert.Equal(expected.Split('|'), read.Messages.Select(Encoding.UTF8.GetString));
    }

    [Theory]
    [InlineData("x")]
    [InlineData(":,")]
    [InlineData("-1:,")]
    [InlineData("01:a,")]
    [InlineData("00:,")]
    [InlineData("00000000001")]
    [InlineData("1:a;")]
    [InlineData("1:a")]
    [InlineData("1")]
    public void Read_NoNetstring_IsMalformed(string stream)
    {
        var read = FrameReader.ReadAll(new NetstringFraming(), Encoding.UTF8.GetBytes(stream), 10);

        Assert.Equal(FrameStatus.Malformed, read.Status);
    }

    [Theory]
    [InlineData("11:", 10)]
    [InlineData("9999999999:", int.MaxValue)]
    [InlineData("2147483647:", int.MaxValue)]
    public void Read_LengthOverTheLimit_IsTooLongAtTheColon(string stream, int limit)
    {
        var read = FrameReader.ReadAll(new NetstringFraming(), Encoding.UTF8.GetBytes(stream), limit, () => 1);

        Assert.Equal(FrameStatus.MessageTooLong, read.Status);
    }

    [Fact]
    public void Guide_ShowsThisCode()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Transports.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        var code = File.ReadAllText(
            Path.Combine(root.FullName, "tests", "Transports.Tests", "Framing", "NetstringFraming.cs"));

        Assert.Contains(
            $"```csharp\n{code}```\n",
            File.ReadAllText(Path.Combine(root.FullName, "docs", "framing.md")),
            StringComparison.Ordinal);
    }
}

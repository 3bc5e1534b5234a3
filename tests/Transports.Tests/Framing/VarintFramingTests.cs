using Transports.Framing;

namespace Transports.Tests.Framing;

public class VarintFramingTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "01")]
    [InlineData(127, "7F")]
    [InlineData(128, "8001")]
    [InlineData(300, "AC02")]
    [InlineData(16_383, "FF7F")]
    [InlineData(16_384, "808001")]
    [InlineData(2_097_151, "FFFF7F")]
    [InlineData(2_097_152, "80808001")]
    [InlineData(268_435_456, "8080808001")]
    public void WriteHeader_Length_IsTheShortestVarint(int length, string expected)
    {
        var header = new byte[MessageFraming.VarintPrefixed.MaxHeaderBytes];

        var written = MessageFraming.VarintPrefixed.WriteHeader(header, new byte[length]);

        Assert.Equal(expected, Convert.ToHexString(header.AsSpan(0, written)));
    }

    [Theory]
    [InlineData("8080808000", "the longest form of 0")]
    [InlineData("8000", "a longer form of 0")]
    public void Read_LongerFormOfALength_IsRead(string prefix, string why)
    {
        var read = FrameReader.ReadAll(MessageFraming.VarintPrefixed, Convert.FromHexString(prefix), 10, () => 1);

        Assert.True(read.Messages is [[]], why);
    }

    [Theory]
    [InlineData("8080808080")]
    [InlineData("808080808001")]
    [InlineData("8080808010")]
    [InlineData("FFFFFFFF1F")]
    [InlineData("FFFFFFFFFF")]
    public void Read_MoreThanFiveBytesOr32Bits_IsMalformed(string prefix)
    {
        var read = FrameReader.ReadAll(MessageFraming.VarintPrefixed, Convert.FromHexString(prefix), 10, () => 1);

        Assert.Equal(FrameStatus.Malformed, read.Status);
    }

    [Theory]
    [InlineData("0B", 11)]
    [InlineData("8001", 128)]
    [InlineData("FFFFFFFF07", int.MaxValue)]
    [InlineData("8080808008", 2_147_483_648)]
    [InlineData("FFFFFFFF0F", uint.MaxValue)]
    public void Read_LengthOverTheLimit_IsTooLongAtTheLastByteOfThePrefix(string prefix, long length)
    {
        var reader = new FrameReader(MessageFraming.VarintPrefixed, 10);
        var bytes = Convert.FromHexString(prefix);

        reader.Feed(bytes.AsSpan(0, bytes.Length - 1));
        Assert.Equal(FrameStatus.NeedMoreData, reader.Status);
        reader.Feed(bytes.AsSpan(bytes.Length - 1));

        Assert.Equal(FrameStatus.MessageTooLong, reader.Status);
        Assert.Equal(length, reader.LastFrame.PayloadLength);
    }

    [Theory]
    [InlineData("80")]
    [InlineData("02")]
    [InlineData("0261")]
    public void Read_StreamEndsInsideAMessage_IsMalformed(string stream)
    {
        var read = FrameReader.ReadAll(MessageFraming.VarintPrefixed, Convert.FromHexString(stream), 10);

        Assert.Equal(FrameStatus.Malformed, read.Status);
    }

    [Fact]
    public void Read_LargestPossibleLimit_DoesNotOverflow()
    {
        var read = FrameReader.ReadAll(MessageFraming.VarintPrefixed, [0xFF, 0xFF, 0xFF, 0xFF, 0x07], int.MaxValue);

        Assert.Equal(FrameStatus.MessageTooLong, read.Status);
    }
}

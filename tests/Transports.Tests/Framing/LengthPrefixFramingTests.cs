using Transports.Framing;

namespace Transports.Tests.Framing;

public class LengthPrefixFramingTests
{
    [Theory]
    [InlineData(1, false, "03616263")]
    [InlineData(1, true, "03616263")]
    [InlineData(2, false, "0003616263")]
    [InlineData(2, true, "0300616263")]
    [InlineData(4, false, "00000003616263")]
    [InlineData(4, true, "03000000616263")]
    public void Write_Message_PutsItsLengthBeforeIt(int width, bool littleEndian, string expected) =>
        Assert.Equal(
            expected, Convert.ToHexString(MessageFraming.LengthPrefixed(width, littleEndian).Encode("abc"u8)));

    [Fact]
    public void LengthPrefixed_Default_IsFourBytesInNetworkOrder() =>
        Assert.Equal("0000000161", Convert.ToHexString(MessageFraming.LengthPrefixed().Encode("a"u8)));

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void LengthPrefixed_OtherWidth_Throws(int width) =>
        Assert.Throws<ArgumentOutOfRangeException>("widthBytes", () => MessageFraming.LengthPrefixed(width));

    [Theory]
    [InlineData(1, 255)]
    [InlineData(2, 65_535)]
    [InlineData(4, int.MaxValue)]
    public void MaxPayloadBytes_Width_IsTheLargestLength(int width, int expected) =>
        Assert.Equal(expected, MessageFraming.LengthPrefixed(width).MaxPayloadBytes);

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void Write_LargestPayloadAndOneMore_RoundTripsAndThrows(int width, bool littleEndian)
    {
        var framing = MessageFraming.LengthPrefixed(width, littleEndian);
        var largest = new byte[framing.MaxPayloadBytes];

        var read = FrameReader.ReadAll(framing, framing.Encode(largest), Framings.DefaultLimit);

        Assert.Equal(largest.Length, Assert.Single(read.Messages).Length);
        Assert.Throws<OverflowException>(() => framing.Encode(new byte[largest.Length + 1]));
    }

    [Theory]
    [InlineData(1, false, "0B", 11)]
    [InlineData(1, false, "FF", 255)]
    [InlineData(2, false, "000B", 11)]
    [InlineData(2, true, "0B00", 11)]
    [InlineData(4, false, "0000000B", 11)]
    [InlineData(4, true, "0B000000", 11)]
    [InlineData(4, false, "7FFFFFFF", int.MaxValue)]
    [InlineData(4, false, "80000000", 2_147_483_648)]
    [InlineData(4, true, "00000080", 2_147_483_648)]
    [InlineData(4, false, "FFFFFFFF", uint.MaxValue)]
    public void Read_LengthOverTheLimit_IsTooLongAtTheLastByteOfThePrefix(
        int width, bool littleEndian, string prefix, long length)
    {
        var reader = new FrameReader(MessageFraming.LengthPrefixed(width, littleEndian), 10);
        var bytes = Convert.FromHexString(prefix);

        reader.Feed(bytes.AsSpan(0, bytes.Length - 1));
        Assert.Equal(FrameStatus.NeedMoreData, reader.Status);
        reader.Feed(bytes.AsSpan(bytes.Length - 1));

        Assert.Equal(FrameStatus.MessageTooLong, reader.Status);
        Assert.Equal(length, reader.LastFrame.PayloadLength);
    }

    [Theory]
    [InlineData("7FFFFFFF")]
    [InlineData("7FFFFFFC")]
    [InlineData("FFFFFFFF")]
    public void Read_LargestPossibleLimit_DoesNotOverflow(string prefix)
    {
        var framing = MessageFraming.LengthPrefixed();

        var read = FrameReader.ReadAll(framing, Convert.FromHexString(prefix), int.MaxValue);

        Assert.Equal(FrameStatus.MessageTooLong, read.Status);
    }

    [Fact]
    public void Read_PrefixIsThere_SaysHowLongTheWholeWillBe()
    {
        var examined = 0;

        var status = MessageFraming.LengthPrefixed(2).Read([0, 10, 1], false, 10, ref examined, out var frame);

        Assert.Equal(FrameStatus.NeedMoreData, status);
        Assert.Equal(12, frame.TotalLength);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("000000")]
    [InlineData("00000002")]
    [InlineData("0000000261")]
    public void Read_StreamEndsInsideAMessage_IsMalformed(string stream)
    {
        var read = FrameReader.ReadAll(MessageFraming.LengthPrefixed(), Convert.FromHexString(stream), 10);

        Assert.Equal(FrameStatus.Malformed, read.Status);
    }
}

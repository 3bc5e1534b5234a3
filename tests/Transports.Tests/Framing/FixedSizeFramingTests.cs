using Transports.Framing;

namespace Transports.Tests.Framing;

public class FixedSizeFramingTests
{
    [Fact]
    public void Read_Stream_IsCutIntoEqualPieces()
    {
        var read = FrameReader.ReadAll(MessageFraming.FixedSize(3), "abcdef"u8, 3);

        Assert.Equal([[.. "abc"u8], [.. "def"u8]], read.Messages);
        Assert.Equal(FrameStatus.NeedMoreData, read.Status);
    }

    [Fact]
    public void Read_StreamEndsInsideAMessage_IsMalformed()
    {
        var read = FrameReader.ReadAll(MessageFraming.FixedSize(3), "abcd"u8, 3);

        Assert.Single(read.Messages);
        Assert.Equal(FrameStatus.Malformed, read.Status);
    }

    [Fact]
    public void Read_SizeOverTheLimit_IsTooLongAtTheFirstByte()
    {
        var read = FrameReader.ReadAll(MessageFraming.FixedSize(int.MaxValue), "a"u8, 1000);

        Assert.Equal(FrameStatus.MessageTooLong, read.Status);
        Assert.Equal(int.MaxValue, read.LastFrame.PayloadLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void FixedSize_NotPositive_Throws(int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(size), () => MessageFraming.FixedSize(size));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(6)]
    public void Validate_OtherSize_Throws(int size) =>
        Assert.Throws<ArgumentException>(() => MessageFraming.FixedSize(3).Validate(new byte[size]));

    [Fact]
    public void MaxPayloadBytes_IsTheSize() => Assert.Equal(3, MessageFraming.FixedSize(3).MaxPayloadBytes);
}

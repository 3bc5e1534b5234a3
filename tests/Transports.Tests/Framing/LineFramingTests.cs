using System.Text;
using Transports.Framing;

namespace Transports.Tests.Framing;

public class LineFramingTests
{
    [Theory]
    [InlineData("one\ntwo\r\n\nend", "one|two||end")]
    [InlineData("one\n", "one")]
    [InlineData("\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("a\r\r\n", "a\r")]
    [InlineData("end\r", "end")]
    [InlineData("\r", "")]
    public void Read_Text_GivesItsLines(string stream, string expected)
    {
        var read = FrameReader.ReadAll(MessageFraming.Lines, Encoding.UTF8.GetBytes(stream), 10);

        Assert.Equal(expected.Split('|'), read.Messages.Select(Encoding.UTF8.GetString));
        Assert.Equal(FrameStatus.NeedMoreData, read.Status);
    }

    [Theory]
    [InlineData("12345\n")]
    [InlineData("12345\r\n")]
    [InlineData("12345")]
    [InlineData("12345\r")]
    public void Read_PayloadOfExactlyTheLimit_IsAMessage(string stream)
    {
        var read = FrameReader.ReadAll(MessageFraming.Lines, Encoding.UTF8.GetBytes(stream), 5, () => 1);

        Assert.Equal("12345", Encoding.UTF8.GetString(Assert.Single(read.Messages)));
    }

    [Theory]
    [InlineData("123456\n")]
    [InlineData("123456\r\n")]
    [InlineData("12345\r6\n")]
    [InlineData("12345\r\r\n")]
    [InlineData("123456")]
    public void Read_OneByteOverTheLimit_IsTooLong(string stream)
    {
        var read = FrameReader.ReadAll(MessageFraming.Lines, Encoding.UTF8.GetBytes(stream), 5);

        Assert.Equal(FrameStatus.MessageTooLong, read.Status);
        Assert.True(read.LastFrame.PayloadLength > 5);
        Assert.Empty(read.Messages);
    }

    [Theory]
    [InlineData("12345", FrameStatus.NeedMoreData)]
    [InlineData("12345\r", FrameStatus.NeedMoreData)]
    [InlineData("123456", FrameStatus.MessageTooLong)]
    [InlineData("12345\rx", FrameStatus.MessageTooLong)]
    public void Read_NoDelimiterYet_SaysAtOnceWhenItMustBeTooLong(string stream, FrameStatus expected)
    {
        var examined = 0;

        Assert.Equal(
            expected, MessageFraming.Lines.Read(Encoding.UTF8.GetBytes(stream), false, 5, ref examined, out _));
    }

    [Fact]
    public void Read_EndlessLine_KeepsNoMoreThanTheLimitAndIsTooLong()
    {
        var reader = new FrameReader(MessageFraming.Lines, 1000);
        for (var i = 0; i < 2000; i++)
        {
            reader.Feed("x"u8);
        }

        Assert.Equal(FrameStatus.MessageTooLong, reader.Status);
        Assert.Equal(1000, reader.MostBytesKept);
    }

    [Fact]
    public void Read_BytesAlreadyExamined_AreNotLookedAtAgain()
    {
        var examined = 3;

        var status = MessageFraming.Lines.Read("a\nbcd"u8, false, 10, ref examined, out _);

        Assert.Equal(FrameStatus.NeedMoreData, status);
        Assert.Equal(5, examined);
    }

    [Fact]
    public void Read_LargestPossibleLimit_DoesNotOverflow()
    {
        var read = FrameReader.ReadAll(MessageFraming.Lines, "abc\r\nd"u8, int.MaxValue, () => 1);

        Assert.Equal(2, read.Messages.Count);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("\n")]
    [InlineData("a\r")]
    [InlineData("\r")]
    public void Validate_WouldNotArriveAsSent_Throws(string payload) =>
        Assert.Throws<ArgumentException>(() => MessageFraming.Lines.Validate(Encoding.UTF8.GetBytes(payload)));

    [Theory]
    [InlineData("")]
    [InlineData("a\rb")]
    [InlineData("\rb")]
    public void Validate_ArrivesAsSent_DoesNotThrow(string payload) =>
        MessageFraming.Lines.Validate(Encoding.UTF8.GetBytes(payload));

    [Fact]
    public void Write_EmptyMessage_IsALineFeed() => Assert.Equal("\n"u8, MessageFraming.Lines.Encode([]));
}

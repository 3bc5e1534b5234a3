using System.Text;
using Transports.Framing;

namespace Transports.Tests.Framing;

public class DelimitedFramingTests
{
    [Theory]
    [InlineData(";", "one;two;;end", "one|two||end")]
    [InlineData(";", "one;", "one")]
    [InlineData("--", "a--b", "a|b")]
    [InlineData("--", "a-b--", "a-b")]
    [InlineData("--", "a-", "a-")]
    [InlineData("--", "a---b", "a|-b")]
    [InlineData("aab", "aaab", "a")]
    [InlineData("abaab", "abaabaab", "|aab")]
    public void Read_Text_GivesWhatStandsBetweenDelimiters(string delimiter, string stream, string expected)
    {
        var framing = MessageFraming.Delimited(Encoding.UTF8.GetBytes(delimiter));
        for (var piece = 1; piece <= stream.Length; piece++)
        {
            var read = FrameReader.ReadAll(framing, Encoding.UTF8.GetBytes(stream), 10, () => piece);

            Assert.Equal(expected.Split('|'), read.Messages.Select(Encoding.UTF8.GetString));
            Assert.Equal(FrameStatus.NeedMoreData, read.Status);
        }
    }

    [Theory]
    [InlineData("12345--")]
    [InlineData("1234---")]
    [InlineData("12345")]
    public void Read_PayloadOfAtMostTheLimit_IsAMessage(string stream)
    {
        var read = FrameReader.ReadAll(MessageFraming.Delimited("--"u8), Encoding.UTF8.GetBytes(stream), 5, () => 1);

        Assert.StartsWith("1234", Encoding.UTF8.GetString(read.Messages[0]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("123456--")]
    [InlineData("123456")]
    [InlineData("12345-")]
    public void Read_OneByteOverTheLimit_IsTooLong(string stream)
    {
        var read = FrameReader.ReadAll(MessageFraming.Delimited("--"u8), Encoding.UTF8.GetBytes(stream), 5, () => 1);

        Assert.Equal(FrameStatus.MessageTooLong, read.Status);
        Assert.True(read.LastFrame.PayloadLength > 5);
        Assert.Empty(read.Messages);
    }

    [Fact]
    public void Read_EndlessMessage_KeepsNoMoreThanTheLimitAndTheDelimiter()
    {
        var reader = new FrameReader(MessageFraming.Delimited("-----"u8), 1000);
        for (var i = 0; i < 2000; i++)
        {
            reader.Feed("x"u8);
        }

        Assert.Equal(FrameStatus.MessageTooLong, reader.Status);
        Assert.Equal(1004, reader.MostBytesKept);
    }

    [Fact]
    public void Read_BytesAlreadyExamined_AreNotLookedAtAgain()
    {
        var examined = 4;

        var status = MessageFraming.Delimited("--"u8).Read("a--bcd"u8, false, 10, ref examined, out _);

        Assert.Equal(FrameStatus.NeedMoreData, status);
        Assert.Equal(5, examined);
    }

    [Fact]
    public void Delimited_NoDelimiter_Throws() =>
        Assert.Throws<ArgumentException>("delimiter", () => MessageFraming.Delimited([]));

    [Fact]
    public void Delimited_CallerChangesItsBytes_MakesNoDifference()
    {
        var delimiter = ";"u8.ToArray();
        var framing = MessageFraming.Delimited(delimiter);
        delimiter[0] = (byte)'x';

        Assert.Equal("a;"u8, framing.Encode("a"u8));
    }

    [Theory]
    [InlineData(";", "a;b")]
    [InlineData("--", "a--b")]
    [InlineData("--", "a-")]
    [InlineData("\r\n\r\n", "a\r\n")]
    [InlineData("abaab", "xaba")]
    [InlineData("aaa", "xaa")]
    public void Validate_WouldNotArriveAsSent_Throws(string delimiter, string payload)
    {
        var framing = MessageFraming.Delimited(Encoding.UTF8.GetBytes(delimiter));

        Assert.Throws<ArgumentException>(() => framing.Validate(Encoding.UTF8.GetBytes(payload)));
    }

    [Theory]
    [InlineData("--", "-a")]
    [InlineData("--", "")]
    [InlineData("\r\n", "a\r")]
    [InlineData("aab", "a")]
    [InlineData("aab", "aa")]
    [InlineData("abaab", "xab")]
    public void Validate_ArrivesAsSent_DoesNotThrow(string delimiter, string payload) =>
        MessageFraming.Delimited(Encoding.UTF8.GetBytes(delimiter)).Validate(Encoding.UTF8.GetBytes(payload));
}

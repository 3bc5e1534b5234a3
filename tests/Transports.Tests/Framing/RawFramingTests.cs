using Transports.Framing;

namespace Transports.Tests.Framing;

public class RawFramingTests
{
    [Fact]
    public void Read_WhatIsThere_IsOneMessage()
    {
        var reader = new FrameReader(MessageFraming.Raw, 10);

        reader.Feed("one"u8);
        reader.Feed("two\n"u8);
        reader.End();

        Assert.Equal([[.. "one"u8], [.. "two\n"u8]], reader.Messages);
        Assert.Equal(FrameStatus.NeedMoreData, reader.Status);
    }

    [Fact]
    public void Read_MoreThanTheLimit_IsCutAtIt()
    {
        var read = FrameReader.ReadAll(MessageFraming.Raw, "123456789"u8, 4);

        Assert.Equal([[.. "1234"u8], [.. "5678"u8], [.. "9"u8]], read.Messages);
    }

    [Fact]
    public void Validate_EmptyMessage_Throws() =>
        Assert.Throws<ArgumentException>(() => MessageFraming.Raw.Validate([]));

    [Fact]
    public void Write_Message_AddsNothing() => Assert.Equal("abc"u8, MessageFraming.Raw.Encode("abc"u8));

    [Fact]
    public void PreservesBoundaries_OnlyRaw_DoesNot() =>
        Assert.Equal("raw", Assert.Single(Framings.All, framing => !framing.Value.PreservesBoundaries).Key);
}

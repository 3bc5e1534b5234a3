using System.Net;

namespace Transports.Testing.Tests.Examples;

/// <summary>Unit tests of a handler: no network, no time, no waiting.</summary>
public sealed class HandlerExamples
{
    private readonly PriceHandler _handler = new(new Dictionary<string, string> { ["tea"] = "2.50" });

    [Fact]
    public async Task Handle_KnownArticle_RepliesItsPrice() =>
        Assert.Equal(["2.50"], await _handler.HandleTextAsync("tea"));

    [Theory]
    [InlineData("cocoa", "unknown")]
    [InlineData("", "unknown")]
    [InlineData("TEA", "unknown")]
    public async Task Handle_OtherTexts_RepliesThatItIsUnknown(string article, string expected) =>
        Assert.Equal([expected], await _handler.HandleTextAsync(article));

    [Fact]
    public async Task Handle_InvalidUtf8_StillReplies() =>
        Assert.Single(await _handler.HandleBytesAsync(new byte[] { 0xFF, 0xFE }));

    [Fact]
    public async Task Handle_SmallLimit_IsToldThatTheReplyIsTooLong()
    {
        var context = new TestMessageContext("tea", new TestConnection { MaxMessageBytes = 3 });
        await Assert.ThrowsAsync<MessageTooLongException>(() => context.RunAsync(_handler));
    }

    [Fact]
    public async Task Handle_ConnectionHasEnded_IsToldWhy()
    {
        var connection = new TestConnection { RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 40_000) };
        connection.Close(CloseReason.RemoteReset);
        var exception = await Assert.ThrowsAsync<ConnectionClosedException>(
            () => new TestMessageContext("tea", connection).RunAsync(_handler));
        Assert.Equal(CloseReason.RemoteReset, exception.Reason);
    }
}

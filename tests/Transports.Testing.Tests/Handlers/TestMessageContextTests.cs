using System.Buffers;
using System.Net;
using System.Text;

namespace Transports.Testing.Tests;

public sealed class TestMessageContextTests
{
    private static readonly IMessageHandler Silent = MessageHandler.Create((_, _) => default);
    private static readonly IMessageHandler Echo = MessageHandler.Create(
        (message, cancellationToken) => message.ReplyAsync(message.Payload.Span, cancellationToken));

    [Fact]
    public async Task RunAsync_HandlerReplies_RecordsInOrder()
    {
        var context = new TestMessageContext("hello");
        await context.RunAsync(MessageHandler.Create(async (message, cancellationToken) =>
        {
            await message.ReplyAsync(message.Payload.Span, cancellationToken);
            await message.ReplyAsync("", cancellationToken);
            await message.ReplyAsync("again", cancellationToken);
        }));
        Assert.Equal(["hello", "", "again"], context.ReplyTexts);
        Assert.Equal("hello"u8.ToArray(), context.Replies[0]);
        Assert.Equal(0, context.UnsentBytes);
    }

    [Fact]
    public async Task RunAsync_BytesPayload_IsACopy()
    {
        byte[] payload = [1, 2, 3];
        var context = new TestMessageContext(payload);
        payload[0] = 9;
        await context.RunAsync(Echo);
        Assert.Equal([1, 2, 3], Assert.Single(context.Replies));
        Assert.Equal([9, 2, 3], payload);
    }

    [Fact]
    public async Task RunAsync_WrittenButNotSent_IsDiscardedAndCounted()
    {
        var context = new TestMessageContext("hello");
        await context.RunAsync(MessageHandler.Create((message, _) =>
        {
            message.Reply.Write("lost"u8);
            return default;
        }));
        Assert.Empty(context.Replies);
        Assert.Equal(4, context.UnsentBytes);
    }

    [Fact]
    public async Task RunAsync_WrittenInPieces_IsOneMessage()
    {
        var context = new TestMessageContext("hello");
        await context.RunAsync(MessageHandler.Create(async (message, cancellationToken) =>
        {
            var reply = message.Reply;
            reply.Write("one "u8);
            "message"u8.CopyTo(reply.GetMemory(7).Span);
            reply.Advance(7);
            await reply.SendAsync(cancellationToken);
        }));
        Assert.Equal(["one message"], context.ReplyTexts);
    }

    [Fact]
    public async Task RunAsync_HandlerThrows_ComesOutAndEndsTheContext()
    {
        var context = new TestMessageContext("hello");
        var thrown = new InvalidOperationException("handler");
        var caught = await Assert.ThrowsAsync<InvalidOperationException>(
            () => context.RunAsync(MessageHandler.Create((_, _) => throw thrown)));
        Assert.Same(thrown, caught);
        Assert.Throws<ObjectDisposedException>(() => context.Payload);
    }

    [Fact]
    public async Task RunAsync_Ended_EveryMemberThrows()
    {
        var context = new TestMessageContext("hello");
        var writer = context.Reply;
        await context.RunAsync(Silent);
        var ended = Assert.Throws<ObjectDisposedException>(() => context.Payload);
        Assert.Equal(nameof(MessageContext), ended.ObjectName);
        Assert.Contains("until the task of HandleAsync ends", ended.Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => context.RemoteEndPoint);
        Assert.Throws<ObjectDisposedException>(() => context.LocalEndPoint);
        Assert.Throws<ObjectDisposedException>(() => context.Connection);
        Assert.Throws<ObjectDisposedException>(() => context.Reply);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => context.ReplyAsync("late"u8).AsTask());
        Assert.Throws<ObjectDisposedException>(() => writer.GetMemory());
        Assert.Throws<ObjectDisposedException>(() => { writer.GetSpan(); });
        Assert.Throws<ObjectDisposedException>(() => writer.Advance(0));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.SendAsync().AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => context.RunAsync(Silent));
    }

    [Fact]
    public async Task RunAsync_HandlerKeptThePayload_FindsGarbage()
    {
        ReadOnlyMemory<byte> kept = default;
        var context = new TestMessageContext("hello");
        await context.RunAsync(MessageHandler.Create((message, _) =>
        {
            kept = message.Payload;
            return default;
        }));
        Assert.NotEqual("hello", Encoding.UTF8.GetString(kept.Span));
    }

    [Fact]
    public async Task RunAsync_ReplyOverTheLimit_ThrowsBothValues()
    {
        var context = new TestMessageContext("hello", new TestConnection { MaxMessageBytes = 4 });
        var exception = await Assert.ThrowsAsync<MessageTooLongException>(
            () => context.RunAsync(Echo));
        Assert.Equal((5, 4), (exception.Length, exception.Limit));
        Assert.Empty(context.Replies);
        Assert.Equal(0, context.UnsentBytes);
    }

    [Fact]
    public async Task RunAsync_WritesOnAndOnPastTheLimit_IsStoppedBeforeItSends()
    {
        var context = new TestMessageContext("hello", new TestConnection { MaxMessageBytes = 4 });
        await Assert.ThrowsAsync<MessageTooLongException>(() => context.RunAsync(MessageHandler.Create((message, _) =>
        {
            while (true)
            {
                message.Reply.Write("more"u8);
            }
        })));
    }

    [Fact]
    public async Task RunAsync_ConnectionEnds_CancelsTheHandler()
    {
        var connection = new TestConnection();
        var context = new TestMessageContext("hello", connection);
        var run = context.RunAsync(MessageHandler.Create(async (message, cancellationToken) =>
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => Task.Delay(Timeout.InfiniteTimeSpan, new VirtualTimeProvider(), cancellationToken));
            await message.ReplyAsync("too late", CancellationToken.None);
        }));
        connection.Close(CloseReason.RemoteReset);
        var exception = await Assert.ThrowsAsync<ConnectionClosedException>(() => run);
        Assert.Equal(CloseReason.RemoteReset, exception.Reason);
        Assert.Empty(context.Replies);
    }

    [Fact]
    public async Task RunAsync_Cancelled_CancelsTheHandler()
    {
        using var cancellation = new CancellationTokenSource();
        var run = new TestMessageContext("hello").RunAsync(
            MessageHandler.Create(async (_, cancellationToken) =>
                await Task.Delay(Timeout.InfiniteTimeSpan, new VirtualTimeProvider(), cancellationToken)),
            cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task EndPoints_AreThoseOfTheConnection()
    {
        var connection = new TestConnection
        {
            Id = "7",
            LocalEndPoint = new InMemoryEndPoint("here"),
            RemoteEndPoint = new IPEndPoint(IPAddress.IPv6Loopback, 7),
        };
        var seen = "";
        await new TestMessageContext("hello", connection).RunAsync(MessageHandler.Create((message, _) =>
        {
            seen = $"{message.LocalEndPoint} {message.RemoteEndPoint} {message.Connection.Id}";
            return default;
        }));
        Assert.Equal("memory://here [::1]:7 7", seen);
    }

    [Fact]
    public async Task Connection_SentToByTheHandler_RecordsItAmongTheReplies()
    {
        var connection = new TestConnection();
        var context = new TestMessageContext("hello", connection);
        await context.RunAsync(MessageHandler.Create(async (message, cancellationToken) =>
        {
            await message.ReplyAsync("reply", cancellationToken);
            await message.Connection.SendAsync("push", cancellationToken);
        }));
        Assert.Equal(["reply"], context.ReplyTexts);
        Assert.Equal(["reply", "push"], connection.SentTexts);
    }

    [Fact]
    public async Task Connection_ReceivedFromByTheHandler_Throws() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => new TestMessageContext("hello").RunAsync(
            MessageHandler.Create(async (message, cancellationToken) =>
                await message.Connection.ReceiveAsync(cancellationToken))));

    [Fact]
    public async Task HandleTextAsync_GivesTheReplies() =>
        Assert.Equal(["hello!"], await MessageHandler.FromText(text => text + "!").HandleTextAsync("hello"));

    [Fact]
    public async Task HandleBytesAsync_GivesTheReplies() =>
        Assert.Equal([0, 255], Assert.Single(await Echo.HandleBytesAsync(new byte[] { 0, 255 })));

    [Fact]
    public async Task HandleTextAsync_NoReply_IsEmpty() => Assert.Empty(await Silent.HandleTextAsync("hello"));
}

using System.Globalization;

namespace Transports.Testing.Tests;

public sealed class RecordingHandlerTests
{
    private readonly RecordingHandler _handler = new();

    [Fact]
    public async Task HandleAsync_Alone_RecordsACopyAndDoesNotReply()
    {
        var connection = new TestConnection();
        var context = new TestMessageContext("hello", connection);
        await context.RunAsync(_handler);

        var message = Assert.Single(_handler.Messages);
        Assert.Equal("hello", message.Text);
        Assert.Equal("hello"u8.ToArray(), message.Payload);
        Assert.Equal(connection.RemoteEndPoint, message.RemoteEndPoint);
        Assert.Same(connection, message.Connection);
        Assert.Empty(context.Replies);
    }

    [Fact]
    public async Task HandleAsync_WithAnAnswer_RepliesIt()
    {
        var handler = new RecordingHandler(text => text + "!");
        Assert.Equal(["hello!"], await handler.HandleTextAsync("hello"));
        Assert.Equal(["hello"], handler.Texts);
    }

    [Fact]
    public async Task HandleAsync_RoundAnotherHandler_PassesEverythingOn()
    {
        var inner = new RecordingHandler();
        var outer = new RecordingHandler(inner);
        var connection = new TestConnection();
        await outer.OnConnectedAsync(connection, default);
        await outer.HandleTextAsync("hello");
        await outer.OnDisconnectedAsync(connection, CloseReason.RemoteClosed);

        Assert.Equal(["hello"], inner.Texts);
        Assert.Equal([connection], inner.Connections);
        Assert.Equal([new RecordedDisconnection(connection, CloseReason.RemoteClosed)], inner.Disconnections);
        Assert.Equal(outer.Disconnections, inner.Disconnections);
    }

    [Fact]
    public async Task WaitForMessagesAsync_ComesLater_GivesAllSoFar()
    {
        var wait = _handler.WaitForMessagesAsync(2);
        await _handler.HandleTextAsync("one");
        Assert.False(wait.IsCompleted);
        await _handler.HandleTextAsync("two");
        Assert.Equal(["one", "two"], (await wait).Select(message => message.Text));
    }

    [Fact]
    public async Task WaitForMessagesAsync_HereAlready_EndsAtOnce()
    {
        await _handler.HandleTextAsync("one");
        Assert.True(_handler.WaitForMessagesAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WaitForMessagesAsync_TooFew_FailsAndShowsWhatCame()
    {
        var handler = new RecordingHandler { WaitTimeout = TimeSpan.FromMilliseconds(1) };
        var none = await Assert.ThrowsAsync<TimeoutException>(() => handler.WaitForMessagesAsync());
        Assert.Contains("Expected 1 messages, but none came", none.Message, StringComparison.Ordinal);
        for (var i = 1; i <= 6; i++)
        {
            await handler.HandleTextAsync($"m{i}");
        }

        var some = await Assert.ThrowsAsync<TimeoutException>(() => handler.WaitForMessagesAsync(9));
        Assert.Contains(
            "Expected 9 messages, but 6 came: \"m1\", \"m2\", \"m3\", \"m4\", \"m5\", ...",
            some.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForMessagesAsync_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var wait = _handler.WaitForMessagesAsync(1, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task WaitForConnectionsAndDisconnections_ComeLater_End()
    {
        var connects = _handler.WaitForConnectionsAsync();
        var disconnects = _handler.WaitForDisconnectionsAsync();
        var connection = new TestConnection();

        await _handler.OnConnectedAsync(connection, default);
        Assert.Equal([connection], await connects);
        Assert.False(disconnects.IsCompleted);
        await _handler.OnDisconnectedAsync(connection, CloseReason.IdleTimeout);
        Assert.Equal(CloseReason.IdleTimeout, Assert.Single(await disconnects).Reason);
    }

    [Fact]
    public async Task HandleAsync_FromManyThreads_LosesNothing()
    {
        const int Count = 1_000;
        var wait = _handler.WaitForMessagesAsync(Count);
        Parallel.For(0, Count, i => _ = _handler.HandleTextAsync(i.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal(Count, (await wait).Select(message => message.Text).Distinct().Count());
    }

    [Fact]
    public async Task OverMemory_RecordsMessagesAndTheComingAndGoingOfPeers()
    {
        var transport = new InMemoryTransport();
        var name = new InMemoryEndPoint("recorded");
        var handler = new RecordingHandler(text => text.ToUpperInvariant());
        await using var listener = await transport.ListenAsync(name, handler);
        await using (var client = await transport.ConnectAsync(name))
        {
            await client.SendAsync("hello");
            Assert.Equal("HELLO", await client.ReceiveTextAsync());
            Assert.Single(await handler.WaitForConnectionsAsync());
        }

        var end = Assert.Single(await handler.WaitForDisconnectionsAsync());
        Assert.Equal(CloseReason.RemoteClosed, end.Reason);
        Assert.Same(handler.Connections[0], end.Connection);
        Assert.Equal(["hello"], handler.Texts);
    }
}

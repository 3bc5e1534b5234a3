using System.Text;

namespace Transports.Testing.Tests;

public sealed class TestConnectionTests
{
    private readonly TestConnection _connection = new();

    [Fact]
    public void Id_IsUnique() => Assert.NotEqual(_connection.Id, new TestConnection().Id);

    [Fact]
    public async Task ReceiveAsync_Delivered_GivesThemInOrder()
    {
        _connection.Deliver("one");
        _connection.Deliver(new byte[] { 50 });
        Assert.Equal("one", await _connection.ReceiveTextAsync());
        Assert.Equal("2", await _connection.ReceiveTextAsync());
    }

    [Fact]
    public async Task ReceiveAsync_DeliveredLater_Ends()
    {
        var receive = _connection.ReceiveTextAsync().AsTask();
        Assert.False(receive.IsCompleted);
        _connection.Deliver("late");
        Assert.Equal("late", await receive);
    }

    [Fact]
    public async Task ReceiveAsync_Next_TurnsTheLastIntoGarbage()
    {
        _connection.Deliver("one");
        _connection.Deliver("two");
        var one = await _connection.ReceiveAsync();
        await _connection.ReceiveAsync();
        Assert.NotEqual("one", Encoding.UTF8.GetString(one.Span));
    }

    [Fact]
    public async Task ReceiveAsync_TwoAtOnce_ThrowsAndTheFirstGoesOn()
    {
        var first = _connection.ReceiveTextAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => _connection.ReceiveAsync().AsTask());
        _connection.Deliver("one");
        Assert.Equal("one", await first);
    }

    [Fact]
    public async Task ReceiveAsync_Cancelled_ThrowsAndLosesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        var receive = _connection.ReceiveAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
        _connection.Deliver("one");
        Assert.Equal("one", await _connection.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(CloseReason.RemoteClosed)]
    [InlineData(CloseReason.RemoteReset)]
    public async Task ReceiveAsync_Ended_GivesWhatIsLeftAndThenTheReason(CloseReason reason)
    {
        _connection.Deliver("left");
        _connection.Close(reason);
        Assert.Equal("left", await _connection.ReceiveTextAsync());
        var exception = await Assert.ThrowsAsync<ConnectionClosedException>(
            () => _connection.ReceiveAsync().AsTask());
        Assert.Equal(reason, exception.Reason);
    }

    [Fact]
    public async Task ReceiveAllAsync_OrderlyClose_Ends()
    {
        _connection.Deliver("one");
        _connection.Deliver("two");
        _connection.Close();
        Assert.Equal(["one", "two"], await ReceiveAllAsync());
    }

    [Fact]
    public async Task ReceiveAllAsync_Reset_Throws()
    {
        _connection.Deliver("one");
        _connection.Close(CloseReason.RemoteReset);
        await Assert.ThrowsAsync<ConnectionClosedException>(ReceiveAllAsync);
    }

    [Fact]
    public async Task SendAsync_Open_Records()
    {
        await _connection.SendAsync("one");
        await _connection.SendAsync(new byte[] { 50 });
        Assert.Equal(["one", "2"], _connection.SentTexts);
        Assert.Equal("one"u8.ToArray(), _connection.Sent[0]);
    }

    [Fact]
    public async Task SendAsync_Ended_ThrowsTheReason()
    {
        _connection.Close(CloseReason.IdleTimeout);
        var exception = await Assert.ThrowsAsync<ConnectionClosedException>(
            () => _connection.SendAsync("late").AsTask());
        Assert.Equal(CloseReason.IdleTimeout, exception.Reason);
        Assert.Empty(_connection.Sent);
    }

    [Fact]
    public async Task SendAsync_OverTheLimit_ThrowsAndStaysUsable()
    {
        var connection = new TestConnection { MaxMessageBytes = 3 };
        await Assert.ThrowsAsync<MessageTooLongException>(() => connection.SendAsync("four").AsTask());
        await connection.SendAsync("yes");
        Assert.Equal(["yes"], connection.SentTexts);
    }

    [Fact]
    public async Task SendAsync_Cancelled_SendsNothing()
    {
        var send = _connection.SendAsync("one", new CancellationToken(canceled: true)).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send);
        Assert.Empty(_connection.Sent);
    }

    [Fact]
    public async Task WaitForSentAsync_SentLater_GivesAll()
    {
        var wait = _connection.WaitForSentAsync(2);
        await _connection.SendAsync("one");
        Assert.False(wait.IsCompleted);
        await _connection.SendAsync("two");
        Assert.Equal(2, (await wait).Count);
    }

    [Fact]
    public async Task WaitForSentAsync_TooFew_FailsAndShowsThem()
    {
        var connection = new TestConnection { WaitTimeout = TimeSpan.FromMilliseconds(1) };
        await connection.SendAsync("one");
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => connection.WaitForSentAsync(2));
        Assert.Contains("Expected 2 sent messages, but 1 came: \"one\"", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_FirstReasonWins()
    {
        Assert.False(_connection.Completion.IsCompleted);
        _connection.Abort();
        _connection.Close();
        await _connection.DisposeAsync();
        await _connection.DisposeAsync();
        Assert.Equal(CloseReason.Aborted, await _connection.Completion);
    }

    [Fact]
    public async Task DisposeAsync_Open_IsALocalClose()
    {
        await _connection.DisposeAsync();
        Assert.Equal(CloseReason.LocalClosed, await _connection.Completion);
    }

    [Fact]
    public void Deliver_Ended_Throws()
    {
        _connection.Close();
        Assert.Throws<InvalidOperationException>(() => _connection.Deliver("late"));
    }

    [Fact]
    public void Deliver_ToAConnectionOfAHandler_Throws()
    {
        _ = new TestMessageContext("hello", _connection);
        Assert.Throws<InvalidOperationException>(() => _connection.Deliver("not received by anybody"));
    }

    private async Task<List<string>> ReceiveAllAsync()
    {
        var texts = new List<string>();
        await foreach (var message in _connection.ReceiveAllAsync())
        {
            texts.Add(Encoding.UTF8.GetString(message.Span));
        }

        return texts;
    }
}

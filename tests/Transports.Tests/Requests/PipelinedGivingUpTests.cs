using Transports.Requests;

namespace Transports.Tests.Requests;

/// <summary>Requests that time out or are cancelled, and what becomes of their replies.</summary>
public class PipelinedGivingUpTests : PipelinedTestBase
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task RequestAsync_NoReplyInTime_TimesOut()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var request = await SendAsync(client, connection, "lost");

        Clock.Advance((5 * Second) - TimeSpan.FromMilliseconds(1));
        Assert.False(request.IsCompleted);
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        var error = await request.Throws<RequestTimeoutException>();
        Assert.Contains(" within 5 s.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestAsync_LateReplyAfterTimeout_IsCountedAndNotGivenToTheNext()
    {
        using var drops = new DropCounter(Transport);
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var first = await SendAsync(client, connection, "1");
        Clock.Advance(5 * Second);
        await first.Throws<RequestTimeoutException>();
        var second = await SendAsync(client, connection, "2");

        connection.Reply("late reply to 1");
        connection.Reply("reply to 2");

        Assert.Equal("reply to 2", await second.Soon());
        Assert.Equal(1, drops.Of("late_reply"));
        Assert.Equal(1, Transport.Attempts);
    }

    [Fact]
    public async Task RequestAsync_CancelledAfterItWasSent_ItsReplyIsNotGivenToTheNext()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        using var cancellation = new CancellationTokenSource();
        var first = await SendAsync(client, connection, "1", cancellation.Token);
        var second = await SendAsync(client, connection, "2");

        await cancellation.CancelAsync();
        var error = await first.Throws<OperationCanceledException>();
        connection.Reply("late reply to 1");
        connection.Reply("reply to 2");

        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.Equal("reply to 2", await second.Soon());
    }

    [Fact]
    public async Task RequestAsync_CancelledBeforeItWasSent_IsNeverSent()
    {
        var connecting = new TaskCompletionSource();
        Transport.Connecting = (_, _) => connecting.Task;
        await using var client = MakeClient();
        using var cancellation = new CancellationTokenSource();
        var first = client.RequestAsync("1").AsTask();
        var second = client.RequestAsync("2", cancellation.Token).AsTask();
        var third = client.RequestAsync("3").AsTask();

        await cancellation.CancelAsync();
        await second.Throws<OperationCanceledException>();
        connecting.SetResult();
        var connection = await Transport.NextConnectionAsync();

        Assert.Equal("1", await connection.NextSentAsync());
        Assert.Equal("3", await connection.NextSentAsync());
        connection.Reply("one");
        connection.Reply("three");
        Assert.Equal(["one", "three"], await Task.WhenAll(first, third).Soon());
    }

    [Fact]
    public async Task RequestAsync_CancelledAlready_DoesNothing()
    {
        await using var client = MakeClient();

        await client.RequestAsync("never", new CancellationToken(true)).AsTask().Throws<OperationCanceledException>();

        Assert.Equal(0, Transport.Attempts);
    }

    [Fact]
    public async Task RequestAsync_CancelledWhileTheSendWaitsForRoom_HoldsNoPlaceBeforeAReply()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        using var cancellation = new CancellationTokenSource();
        connection.Sending = (text, token) => text == "1" ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        var first = client.RequestAsync("1", cancellation.Token).AsTask();
        var second = client.RequestAsync("2").AsTask();

        await cancellation.CancelAsync();
        await first.Throws<OperationCanceledException>();

        Assert.Equal("2", await connection.NextSentAsync());
        connection.Reply("reply to 2");
        Assert.Equal("reply to 2", await second.Soon());
    }

    [Fact]
    public async Task RequestAsync_SentAlthoughCancelledMeanwhile_KeepsItsPlace()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        using var cancellation = new CancellationTokenSource();
        var sending = new TaskCompletionSource();
        connection.Sending = (text, _) => text == "1" ? sending.Task : Task.CompletedTask;
        var first = client.RequestAsync("1", cancellation.Token).AsTask();
        var second = client.RequestAsync("2").AsTask();

        await cancellation.CancelAsync();
        Assert.False(first.IsCompleted, "its memory is still being read");
        sending.SetResult();
        await first.Throws<OperationCanceledException>();
        connection.Reply("late reply to 1");
        connection.Reply("reply to 2");

        Assert.Equal("reply to 2", await second.Soon());
    }

    [Fact]
    public async Task RequestAsync_PlacesTaken_WaitsForOne()
    {
        var (client, connection) = await ConnectAsync(new RequestClientOptions { MaxPendingRequests = 2 });
        await using var _ = client;
        var first = await SendAsync(client, connection, "1");
        var second = await SendAsync(client, connection, "2");
        var third = client.RequestAsync("3").AsTask();
        Assert.False(connection.HasSent);

        connection.Reply("one");
        Assert.Equal("one", await first.Soon());

        Assert.Equal("3", await connection.NextSentAsync());
        connection.Reply("two");
        connection.Reply("three");
        Assert.Equal(["two", "three"], await Task.WhenAll(second, third).Soon());
    }

    [Fact]
    public async Task RequestAsync_PlacesTakenByRequestsGivenUp_TimesOutUntilTheirRepliesCome()
    {
        var (client, connection) = await ConnectAsync(new RequestClientOptions { MaxPendingRequests = 1 });
        await using var _ = client;
        var first = await SendAsync(client, connection, "1");
        Clock.Advance(5 * Second);
        await first.Throws<RequestTimeoutException>();

        var second = client.RequestAsync("2").AsTask();
        Clock.Advance(5 * Second);
        await second.Throws<RequestTimeoutException>();
        Assert.False(connection.HasSent);

        var third = client.RequestAsync("3").AsTask();
        connection.Reply("late reply to 1");
        Assert.Equal("3", await connection.NextSentAsync());
        connection.Reply("reply to 3");
        Assert.Equal("reply to 3", await third.Soon());
    }

    [Fact]
    public async Task RequestAsync_PeerSilentForTooLong_ClosesTheConnectionAndFailsTheOthers()
    {
        var (client, connection) = await ConnectAsync(new RequestClientOptions { SilenceTimeout = 7 * Second });
        await using var _ = client;
        var first = await SendAsync(client, connection, "1");
        Clock.Advance(4 * Second);
        var second = await SendAsync(client, connection, "2");
        Clock.Advance(2 * Second);
        await first.Throws<RequestTimeoutException>();
        Assert.False(second.IsCompleted);
        var third = await SendAsync(client, connection, "3");

        Clock.Advance(3 * Second);

        await second.Throws<RequestTimeoutException>();
        Assert.Equal(CloseReason.IdleTimeout, (await third.Throws<ConnectionClosedException>()).Reason);
        await connection.Disposed;
        Assert.True(connection.IsAborted);
        var fourth = client.RequestAsync("4").AsTask();
        var next = await Transport.NextConnectionAsync();
        next.Reply("four");
        Assert.Equal("four", await fourth.Soon());
    }

    [Fact]
    public async Task RequestAsync_AllPlacesHeldForADeadPeer_RecoversOnceItsSilenceIsTooLong()
    {
        var (client, connection) = await ConnectAsync(
            new RequestClientOptions { MaxPendingRequests = 1, SilenceTimeout = 9 * Second });
        await using var _ = client;
        var first = await SendAsync(client, connection, "1");
        Clock.Advance(5 * Second);
        await first.Throws<RequestTimeoutException>();

        var second = client.RequestAsync("2").AsTask();
        Clock.Advance(5 * Second);
        await second.Throws<RequestTimeoutException>();

        await connection.Disposed;
        var third = client.RequestAsync("3").AsTask();
        (await Transport.NextConnectionAsync()).Reply("three");
        Assert.Equal("three", await third.Soon());
    }

    [Fact]
    public async Task RequestAsync_NoBoundaries_SendsOneAtATime()
    {
        var transport = new ScriptedTransport(isReliable: true, preservesBoundaries: false);
        await using var client = new RequestClient(transport, ScriptedTransport.Remote, Options, null, Clock);
        var first = client.RequestAsync("1").AsTask();
        var second = client.RequestAsync("2").AsTask();
        var connection = await transport.NextConnectionAsync();
        Assert.Equal("1", await connection.NextSentAsync());
        Assert.False(connection.HasSent);

        connection.Reply("one");

        Assert.Equal("one", await first.Soon());
        Assert.Equal("2", await connection.NextSentAsync());
        connection.Reply("two");
        Assert.Equal("two", await second.Soon());
    }

    [Fact]
    public async Task RequestAsync_NoBoundariesAndGivenUp_ClosesTheConnection()
    {
        var transport = new ScriptedTransport(isReliable: true, preservesBoundaries: false);
        await using var client = new RequestClient(transport, ScriptedTransport.Remote, Options, null, Clock);
        var first = client.RequestAsync("1").AsTask();
        var connection = await transport.NextConnectionAsync();
        Assert.Equal("1", await connection.NextSentAsync());

        Clock.Advance(5 * Second);

        await first.Throws<RequestTimeoutException>();
        await connection.Disposed;
        Assert.True(connection.IsAborted);
    }
}

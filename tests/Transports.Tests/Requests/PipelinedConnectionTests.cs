using Transports.Requests;

namespace Transports.Tests.Requests;

/// <summary>Connections that end or cannot be made, and the client's own end.</summary>
public class PipelinedConnectionTests : PipelinedTestBase
{
    [Theory]
    [InlineData(CloseReason.RemoteClosed)]
    [InlineData(CloseReason.RemoteReset)]
    public async Task Connection_Ends_FailsAllPendingAtOnce(CloseReason reason)
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var first = await SendAsync(client, connection, "1");
        var second = await SendAsync(client, connection, "2");

        connection.Close(reason);

        Assert.Equal(reason, (await first.Throws<ConnectionClosedException>()).Reason);
        Assert.Equal(reason, (await second.Throws<ConnectionClosedException>()).Reason);
        await connection.Disposed;
        Assert.False(connection.IsAborted);
    }

    [Fact]
    public async Task Connection_ReceiveFailsInAnyOtherWay_FailsPendingAsTransportFailed()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var request = await SendAsync(client, connection, "1");

        connection.Fail(new InvalidOperationException("A defect."));

        var error = await request.Throws<ConnectionClosedException>();
        Assert.Equal(CloseReason.TransportFailed, error.Reason);
        Assert.IsType<InvalidOperationException>(error.InnerException);
        await connection.Disposed;
        Assert.True(connection.IsAborted);
    }

    [Fact]
    public async Task Connection_SendFails_FailsPendingAndIsReplaced()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var before = await SendAsync(client, connection, "1");
        connection.Sending = (_, _) => throw new IOException("A defect.");

        var failed = client.RequestAsync("2").AsTask();

        Assert.IsType<IOException>((await failed.Throws<ConnectionClosedException>()).InnerException);
        await before.Throws<ConnectionClosedException>();
        await connection.Disposed;
        var after = client.RequestAsync("3").AsTask();
        (await Transport.NextConnectionAsync()).Reply("three");
        Assert.Equal("three", await after.Soon());
    }

    [Fact]
    public async Task Connection_EndsAfterAReply_NextRequestReconnectsWithoutDelay()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        connection.Close(CloseReason.RemoteClosed);
        await connection.Disposed;

        var request = client.RequestAsync("again").AsTask();
        (await Transport.NextConnectionAsync()).Reply("AGAIN");

        Assert.Equal("AGAIN", await request.Soon());
        Assert.Equal(TimeSpan.Zero, Clock.Elapsed);
    }

    [Fact]
    public async Task Connection_EndsWhileARequestIsNotYetSent_ItMovesToTheNext()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var sending = new TaskCompletionSource();
        connection.Sending = (_, _) => sending.Task;
        var isBeingSent = client.RequestAsync("1").AsTask();
        var isQueued = client.RequestAsync("2").AsTask();

        connection.Close(CloseReason.RemoteReset);
        await connection.Disposed;
        sending.SetException(new ConnectionClosedException(CloseReason.RemoteReset));

        Assert.Equal(CloseReason.RemoteReset, (await isBeingSent.Throws<ConnectionClosedException>()).Reason);
        var next = await Transport.NextConnectionAsync();
        Assert.Equal("2", await next.NextSentAsync());
        next.Reply("two");
        Assert.Equal("two", await isQueued.Soon());
    }

    [Fact]
    public async Task Connection_EndsWithoutAnyReply_NextAttemptIsDelayed()
    {
        await using var client = MakeClient();
        var first = client.RequestAsync("1").AsTask();
        var connection = await Transport.NextConnectionAsync();
        await connection.NextSentAsync();
        connection.Close(CloseReason.RemoteClosed);
        await first.Throws<ConnectionClosedException>();

        var second = client.RequestAsync("2").AsTask();
        Assert.Equal(1, Transport.Attempts);
        Clock.Advance(Options.ReconnectDelay);

        (await Transport.NextConnectionAsync()).Reply("two");
        Assert.Equal("two", await second.Soon());
    }

    [Fact]
    public async Task Connection_UnsolicitedReply_IsClosedAsBroken()
    {
        using var drops = new DropCounter(Transport);
        var (client, connection) = await ConnectAsync();
        await using var _ = client;

        connection.Reply("nobody asked");

        await connection.Disposed;
        Assert.True(connection.IsAborted);
        Assert.Equal(1, drops.Of("unsolicited_reply"));
        var request = client.RequestAsync("next").AsTask();
        (await Transport.NextConnectionAsync()).Reply("NEXT");
        Assert.Equal("NEXT", await request.Soon());
    }

    [Fact]
    public async Task ConnectAsync_Fails_FailsAllThatWait()
    {
        var connecting = new TaskCompletionSource();
        Transport.Connecting = (_, _) => connecting.Task;
        await using var client = MakeClient();
        var first = client.RequestAsync("1").AsTask();
        var second = client.RequestAsync("2").AsTask();

        connecting.SetException(new ConnectionFailedException("Refused."));

        var errors = new[]
        {
            await first.Throws<ConnectionFailedException>(), await second.Throws<ConnectionFailedException>(),
        };
        Assert.All(errors, error => Assert.Contains("Refused.", error.Message, StringComparison.Ordinal));
        Assert.NotSame(errors[0], errors[1]);
    }

    [Fact]
    public async Task ConnectAsync_ThrowsAnythingElse_IsAConnectionFailure()
    {
        Transport.Connecting = (_, _) => throw new ArgumentException("Not that kind of endpoint.");
        await using var client = MakeClient();

        var error = await client.RequestAsync("1").AsTask().Throws<ConnectionFailedException>();

        Assert.IsType<ArgumentException>(error.InnerException);
    }

    [Fact]
    public async Task ConnectAsync_FailsAgainAndAgain_DelaysGrowWithJitterUpToTheLimit()
    {
        Transport.Connecting = (_, _) => throw new ConnectionFailedException("Refused.");
        await using var client = MakeClient(new RequestClientOptions
        {
            Timeout = TimeSpan.FromMinutes(1),
            ReconnectDelay = TimeSpan.FromMilliseconds(100),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(1000),
            JitterSeed = 7,
        });
        await client.RequestAsync("first").AsTask().Throws<ConnectionFailedException>();
        var delays = new List<double>();
        for (var attempt = 2; attempt <= 7; attempt++)
        {
            var request = client.RequestAsync("next").AsTask();
            Assert.Equal(attempt - 1, Transport.Attempts);
            var delay = Clock.NextTimerDueIn!.Value;
            delays.Add(delay.TotalMilliseconds);
            Clock.Advance(delay);
            await request.Throws<ConnectionFailedException>();
        }

        double[] longest = [100, 200, 400, 800, 1000, 1000];
        Assert.All(delays.Zip(longest), pair => Assert.InRange(pair.First, pair.Second / 2, pair.Second));
        Assert.Equal(Schedule(7), delays);
        Assert.NotEqual(Schedule(8), delays);
    }

    [Fact]
    public async Task RequestAsync_DuringBackOff_WaitsAndGetsThrough()
    {
        Transport.Connecting = (attempt, _) =>
            attempt == 1 ? throw new ConnectionFailedException("Refused.") : Task.CompletedTask;
        await using var client = MakeClient();
        await client.RequestAsync("1").AsTask().Throws<ConnectionFailedException>();

        var second = client.RequestAsync("2").AsTask();
        Clock.Advance(Options.ReconnectDelay);

        (await Transport.NextConnectionAsync()).Reply("two");
        Assert.Equal("two", await second.Soon());
    }

    [Fact]
    public async Task RequestAsync_BackOffLongerThanTheTimeout_TimesOutAndIsNeverSent()
    {
        Transport.Connecting = (attempt, _) =>
            attempt == 1 ? throw new ConnectionFailedException("Refused.") : Task.CompletedTask;
        var delay = TimeSpan.FromMinutes(1);
        await using var client = MakeClient(
            new RequestClientOptions { ReconnectDelay = delay, MaxReconnectDelay = delay });
        await client.RequestAsync("1").AsTask().Throws<ConnectionFailedException>();

        var second = client.RequestAsync("2").AsTask();
        Clock.Advance(TimeSpan.FromSeconds(5));
        await second.Throws<RequestTimeoutException>();
        Clock.Advance(delay);

        Assert.Equal(1, Transport.Attempts);
    }

    [Fact]
    public async Task DisposeAsync_RequestsInEveryState_FailAsLocalClosed()
    {
        var (client, connection) = await ConnectAsync(new RequestClientOptions { MaxPendingRequests = 3 });
        var awaitsReply = await SendAsync(client, connection, "1");
        connection.Sending = (_, token) => Task.Delay(Timeout.Infinite, token);
        var isBeingSent = client.RequestAsync("2").AsTask();
        var isQueued = client.RequestAsync("3").AsTask();
        var waitsForItsTurn = client.RequestAsync("4").AsTask();

        await client.DisposeAsync().AsTask().Soon();

        foreach (var request in new[] { awaitsReply, isBeingSent, isQueued, waitsForItsTurn })
        {
            Assert.Equal(CloseReason.LocalClosed, (await request.Throws<ConnectionClosedException>()).Reason);
        }

        Assert.True(connection.IsDisposed);
        Assert.False(connection.IsAborted);
        Assert.False(connection.HasSent);
        Assert.Equal(0, Clock.ActiveTimerCount);
    }

    [Fact]
    public async Task DisposeAsync_Twice_DoesNoMore()
    {
        var (client, connection) = await ConnectAsync();

        await Task.WhenAll(client.DisposeAsync().AsTask(), client.DisposeAsync().AsTask()).Soon();
        await client.DisposeAsync().AsTask().Soon();

        Assert.True(connection.IsDisposed);
    }

    [Fact]
    public async Task RequestAsync_AfterDisposal_FailsAsLocalClosed()
    {
        var client = MakeClient();
        await client.DisposeAsync();

        var error = await client.RequestAsync("never").AsTask().Throws<ConnectionClosedException>();

        Assert.Equal(CloseReason.LocalClosed, error.Reason);
        Assert.Equal(0, Transport.Attempts);
    }

    [Fact]
    public async Task DisposeAsync_WhileConnecting_GivesUpTheAttempt()
    {
        var gaveUp = new TaskCompletionSource();
        Transport.Connecting = (_, token) =>
        {
            token.Register(gaveUp.SetResult);
            return Task.Delay(Timeout.Infinite, token);
        };
        var client = MakeClient();
        var request = client.RequestAsync("1").AsTask();

        await client.DisposeAsync().AsTask().Soon();

        await gaveUp.Task.Soon();
        await request.Throws<ConnectionClosedException>();
    }

    [Fact]
    public async Task DisposeAsync_ConnectionIsMadeNevertheless_IsClosedToo()
    {
        var connecting = new TaskCompletionSource();
        Transport.Connecting = (_, _) => connecting.Task;
        var client = MakeClient();
        var request = client.RequestAsync("1").AsTask();
        await client.DisposeAsync().AsTask().Soon();
        await request.Throws<ConnectionClosedException>();

        connecting.SetResult();

        await (await Transport.NextConnectionAsync()).Disposed;
    }

    private static double[] Schedule(int seed)
    {
        var random = new Random(seed);
        return new double[] { 100, 200, 400, 800, 1000, 1000 }
            .Select(longest => Math.Ceiling(longest * (1 - (0.5 * random.NextDouble()))))
            .ToArray();
    }
}

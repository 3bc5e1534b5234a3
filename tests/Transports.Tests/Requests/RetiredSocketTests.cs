using Transports.Requests;
using Transports.Testing;

namespace Transports.Tests.Requests;

/// <summary>What becomes of a socket on which a reply may still come when its request has ended.</summary>
public class RetiredSocketTests
{
    private readonly VirtualTimeProvider _clock = new();
    private readonly ScriptedTransport _transport = new(isReliable: false);

    [Fact]
    public async Task Socket_OfARequestThatWasGivenUp_StaysBoundForTheTime()
    {
        var options = new RequestClientOptions { LateReplyTime = TimeSpan.FromSeconds(10) };
        await using var client = MakeClient(options);
        var connection = await GiveUpAsync(client);

        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(connection.IsDisposed);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await connection.Disposed;
    }

    [Fact]
    public async Task Socket_OfARequestAnsweredOnceForTwoTransmissions_DrainsWhatComes()
    {
        using var drops = new DropCounter(_transport);
        using var receives = new SemaphoreSlim(0);
        _transport.Connected = connection => connection.Receiving = () => receives.Release();
        await using var client = MakeClient();
        var first = client.RequestAsync("1").AsTask();
        var old = await _transport.NextConnectionAsync();
        await old.NextSentAsync();
        await _clock.WhenTimerAsync(2);
        _clock.Advance(_clock.NextTimerDueIn!.Value);
        await old.NextSentAsync();
        old.Reply("one");
        old.Reply("one");
        Assert.Equal("one", await first.Soon());

        var second = client.RequestAsync("2").AsTask();
        var fresh = await _transport.NextConnectionAsync();
        old.Reply("one");
        Assert.NotSame(old, fresh);
        fresh.Reply("two");
        Assert.Equal("two", await second.Soon());

        // One for each request, and the drain's, of which the last found nothing.
        for (var number = 0; number < 2 + 3; number++)
        {
            Assert.True(await receives.WaitAsync(TimeSpan.FromSeconds(30)));
        }

        Assert.Equal(2, drops.Of("late_reply"));
        Assert.False(old.IsDisposed);
        Assert.True(fresh.IsDisposed);
    }

    [Fact]
    public async Task Socket_ThatFailedAfterItHadSent_StaysBoundToo()
    {
        await using var client = MakeClient();
        var (request, first, second) = await AskOverASocketThatFailsAsync(client);

        first.Reply("late");
        second.Reply("answer");

        Assert.Equal("answer", await request.Soon());
        Assert.False(first.IsDisposed);
    }

    [Fact]
    public async Task Socket_ThatFailedBeforeAnotherBroughtTheAnswer_IsClosedAfterTheTimeToo()
    {
        // A deadline that was met is never cancelled: it does not end the receive that began under it.
        var options = new RequestClientOptions { LateReplyTime = TimeSpan.FromSeconds(10) };
        var client = MakeClient(options);
        var (request, first, second) = await AskOverASocketThatFailsAsync(client);
        second.Reply("answer");
        Assert.Equal("answer", await request.Soon());
        Assert.False(first.IsDisposed);

        _clock.Advance(options.LateReplyTime);

        await first.Disposed;
        await client.DisposeAsync().AsTask().Soon();
    }

    [Fact]
    public async Task Socket_ThatEndsByItself_IsClosedAtOnce()
    {
        await using var client = MakeClient();
        var connection = await GiveUpAsync(client);

        connection.Close(CloseReason.TransportFailed);

        await connection.Disposed;
    }

    [Fact]
    public async Task Sockets_MoreThanMayStay_CloseTheOldest()
    {
        await using var client = MakeClient(new RequestClientOptions { MaxLateReplySockets = 2 });
        var connections = new List<ScriptedConnection>();
        for (var number = 0; number < 4; number++)
        {
            connections.Add(await GiveUpAsync(client));
        }

        Assert.Equal([true, true, false, false], connections.Select(connection => connection.IsDisposed));
    }

    [Fact]
    public async Task Sockets_WhereNoneMayStay_AreClosedAtOnce()
    {
        await using var client = MakeClient(new RequestClientOptions { MaxLateReplySockets = 0 });

        Assert.True((await GiveUpAsync(client)).IsDisposed);
    }

    [Fact]
    public async Task DisposeAsync_WithSocketsThatStay_ClosesThem()
    {
        var client = MakeClient();
        var connections = new[] { await GiveUpAsync(client), await GiveUpAsync(client) };

        await client.DisposeAsync().AsTask().Soon();

        Assert.All(connections, connection => Assert.True(connection.IsDisposed));
        Assert.Equal(0, _clock.ActiveTimerCount);
    }

    private async Task<ScriptedConnection> GiveUpAsync(RequestClient client)
    {
        using var cancellation = new CancellationTokenSource();
        var request = client.RequestAsync("1", cancellation.Token).AsTask();
        var connection = await _transport.NextConnectionAsync();
        await connection.NextSentAsync();
        await cancellation.CancelAsync();
        var error = await request.Throws<OperationCanceledException>();
        Assert.Equal(cancellation.Token, error.CancellationToken);
        return connection;
    }

    /// <summary>The first socket has sent once and fails the next time; the second takes its place.</summary>
    private async Task<(Task<string> Request, ScriptedConnection First, ScriptedConnection Second)>
        AskOverASocketThatFailsAsync(RequestClient client)
    {
        _transport.Connected = connection => connection.Sending = (_, _) => connection.HasSent
            ? throw new TransportException("No buffer space.")
            : Task.CompletedTask;
        var request = client.RequestAsync("1").AsTask();
        var first = await _transport.NextConnectionAsync();
        await _clock.WhenTimerAsync(2);
        _clock.Advance(_clock.NextTimerDueIn!.Value);
        await _clock.WhenTimerAsync(3);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        return (request, first, await _transport.NextConnectionAsync());
    }

    private RequestClient MakeClient(RequestClientOptions? options = null) =>
        new(_transport, ScriptedTransport.Remote, options ?? new RequestClientOptions(), null, _clock);
}

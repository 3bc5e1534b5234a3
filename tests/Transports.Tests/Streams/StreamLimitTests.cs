using Transports.Testing;

namespace Transports.Tests.Streams;

/// <summary>Limits against those who come too often, send too slowly or stay too long.</summary>
public class StreamLimitTests
{
    private readonly VirtualTimeProvider _time = new();
    private readonly RecordingHandler _handler = new(text => text);

    [Fact]
    public async Task MaxAcceptsPerSecond_Exceeded_ResetsTheExcessAndRefillsWithTime()
    {
        var transport = Transport(new ScriptedOptions { MaxAcceptsPerSecond = 10 });
        await using var listener = await transport.ListenAsync(_handler);
        var flood = Enumerable.Range(0, 100).Select(_ => transport.Arrive()).ToArray();
        await _handler.WaitForConnectionsAsync(10);
        await Task.WhenAll(flood[10..].Select(peer => peer.Aborted.Task)).WaitAsync(ScriptedTransport.Patience);

        _time.Advance(TimeSpan.FromMilliseconds(500));
        var later = Enumerable.Range(0, 10).Select(_ => transport.Arrive()).ToArray();

        await _handler.WaitForConnectionsAsync(15);
        await Task.WhenAll(later[5..].Select(peer => peer.Aborted.Task)).WaitAsync(ScriptedTransport.Patience);
        Assert.Equal(15, _handler.Connections.Count);
        End([.. flood[..10], .. later[..5]]);
    }

    [Fact]
    public async Task MaxConnectionsPerPrefix_Reached_ResetsOneMoreOfThatNetworkAlone()
    {
        var transport = Transport(new ScriptedOptions { MaxConnectionsPerPrefix = 2 });
        await using var listener = await transport.ListenAsync(_handler);
        var first = transport.Arrive("[2001:db8:0:7::1]:1");
        var second = transport.Arrive("[2001:db8:0:7::2]:1");
        var third = transport.Arrive("[2001:db8:0:7:8::3]:1");
        var neighbour = transport.Arrive("[2001:db8:0:8::1]:1");

        await third.Aborted.Task.WaitAsync(ScriptedTransport.Patience);
        await _handler.WaitForConnectionsAsync(3);

        first.FeedEnd();
        await _handler.WaitForDisconnectionsAsync(1);
        while (_handler.Connections.Count < 4)
        {
            // The place is free just after the observer is told.
            var next = transport.Arrive("[2001:db8:0:7::4]:1");
            await Task.WhenAny(next.Aborted.Task, _handler.WaitForConnectionsAsync(4))
                .WaitAsync(ScriptedTransport.Patience);
            next.FeedEnd();
        }

        End(second, neighbour);
    }

    [Fact]
    public async Task MinReceiveRate_MessageThatDrips_IsClosedAsSlowSender()
    {
        var transport = Transport(new ScriptedOptions { MinReceiveRate = 10 });
        await using var listener = await transport.ListenAsync(_handler);
        var slow = transport.Arrive();
        slow.Feed("whole\nbeg"u8);
        await _handler.WaitForMessagesAsync(1);
        using var patience = new CancellationTokenSource(ScriptedTransport.Patience);

        // A byte a second is a tenth of the least rate. How soon it is read and told is up to other threads.
        while (!slow.Completed.Task.IsCompleted)
        {
            Assert.False(patience.IsCancellationRequested, "A byte a second was put up with.");
            slow.Feed("i"u8);
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        slow.FeedEnd();
        Assert.Equal(CloseReason.SlowSender, Assert.Single(await _handler.WaitForDisconnectionsAsync(1)).Reason);
        Assert.Equal(["whole"], _handler.Texts);
        Assert.True(_time.Elapsed >= TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task MinReceiveRate_OftenEnoughOrSilentBetweenMessages_IsLeftAlone()
    {
        var transport = Transport(new ScriptedOptions { MinReceiveRate = 10 });
        await using var listener = await transport.ListenAsync(_handler);
        var peer = transport.Arrive();
        for (var i = 1; i <= 20; i++)
        {
            // The end of one message and the beginning of the next, 20 bytes in a second; then silence.
            peer.Feed("0123456789\n012345678"u8);
            await _handler.WaitForMessagesAsync((2 * i) - 1);
            _time.Advance(TimeSpan.FromSeconds(1));
            peer.Feed("9\n"u8);
            await _handler.WaitForMessagesAsync(2 * i);
            _time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Empty(_handler.Disconnections);
        End(peer);
    }

    [Fact]
    public async Task MinReceiveRate_ThisProcessWasStopped_IsHeldAgainstNobody()
    {
        var time = new LateTimeProvider();
        var transport = new ScriptedTransport(
            new ScriptedOptions { IdleTimeout = Timeout.InfiniteTimeSpan }, timeProvider: time);
        await using var listener = await transport.ListenAsync(_handler);
        var peer = transport.Arrive();
        peer.Feed("whole\nbegun"u8);
        await _handler.WaitForMessagesAsync(1);

        time.StopFor(TimeSpan.FromMinutes(3));
        time.Clock.Advance(TimeSpan.FromSeconds(5));
        peer.Feed("\n"u8);
        await _handler.WaitForMessagesAsync(2);

        Assert.Equal(["whole", "begun"], _handler.Texts);
        End(peer);
    }

    [Fact]
    public async Task MaxConnectionLifetime_Reached_AnswersWhatWasReadAndCloses()
    {
        var release = new TaskCompletionSource();
        var handler = new RecordingHandler(MessageHandler.Create(async (context, token) =>
        {
            await release.Task.WaitAsync(token);
            await context.ReplyAsync("done", token);
        }));
        var transport = Transport(new ScriptedOptions { MaxConnectionLifetime = TimeSpan.FromMinutes(1) });
        await using var listener = await transport.ListenAsync(handler);
        var peer = transport.Arrive();
        peer.Feed("work\n"u8);
        await handler.WaitForMessagesAsync(1);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(peer.Completed.Task.IsCompleted);
        release.SetResult();
        await peer.Completed.Task.WaitAsync(ScriptedTransport.Patience);
        peer.FeedEnd();

        Assert.Equal("done\n"u8.ToArray(), peer.Sent);
        Assert.Equal(CloseReason.LifetimeReached, Assert.Single(await handler.WaitForDisconnectionsAsync(1)).Reason);
    }

    [Fact]
    public async Task MaxConnectionLifetime_OfManyThatCameTogether_EndsWithinATenthButNotTogether()
    {
        var transport = Transport(new ScriptedOptions { MaxConnectionLifetime = TimeSpan.FromSeconds(100) });
        await using var listener = await transport.ListenAsync(_handler);
        var peers = Enumerable.Range(0, 100).Select(_ => transport.Arrive()).ToArray();
        await _handler.WaitForConnectionsAsync(100);
        End(peers);

        var ends = _handler.Connections.Cast<StreamConnection>()
            .Select(connection => _time.GetElapsedTime(0, connection.ExpiresAt)).ToArray();

        Assert.All(ends, end => Assert.InRange(end, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(100)));
        Assert.Equal(10, ends.Select(end => (int)end.TotalSeconds).Distinct().Count());
    }

    [Fact]
    public void Options_ThatCannotBe_AreAllNamed()
    {
        var fault = Assert.Throws<ArgumentException>(() => Transport(new ScriptedOptions
        {
            MaxConnectionsPerPrefix = 0,
            PrefixBitsIPv4 = 33,
            PrefixBitsIPv6 = 0,
            MaxAcceptsPerSecond = -1,
            MinReceiveRate = -1,
        }));

        Assert.All(
            (string[])
            [
                "MaxConnectionsPerPrefix", "PrefixBitsIPv4", "PrefixBitsIPv6", "MaxAcceptsPerSecond", "MinReceiveRate",
            ],
            name => Assert.Contains(name, fault.Message));
    }

    private static void End(params ScriptedByteStream[] peers)
    {
        foreach (var peer in peers)
        {
            peer.FeedEnd();
        }
    }

    private ScriptedTransport Transport(ScriptedOptions options)
    {
        options.IdleTimeout = Timeout.InfiniteTimeSpan;
        return new ScriptedTransport(options, timeProvider: _time);
    }
}

using System.Collections.Concurrent;
using System.Net;
using Transports.Requests;
using Transports.Testing;

namespace Transports.Tests.Requests;

/// <summary>Requests over a transport that loses, doubles and reorders.</summary>
public class DatagramTests
{
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(5);

    private readonly VirtualTimeProvider _clock = new();
    private readonly ScriptedTransport _transport = new(isReliable: false);

    [Fact]
    public async Task RequestAsync_AnsweredAtOnce_IsSentOnce()
    {
        await using var client = MakeClient();
        var request = client.RequestAsync("a").AsTask();
        var connection = await _transport.NextConnectionAsync();
        Assert.Equal("a", await connection.NextSentAsync());

        connection.Reply("A");

        Assert.Equal("A", await request.Soon());
        Assert.False(connection.HasSent);
        Assert.True(connection.IsDisposed);
    }

    [Fact]
    public async Task RequestAsync_NeverAnswered_IsSentAtDoublingIntervalsUntilItTimesOut()
    {
        await using var client = MakeClient();
        var request = client.RequestAsync("lost").AsTask();
        var connection = await _transport.NextConnectionAsync();
        var times = new List<double>();
        while (!request.IsCompleted && _clock.Elapsed < Total)
        {
            Assert.Equal("lost", await connection.NextSentAsync());
            times.Add(_clock.Elapsed.TotalMilliseconds);
            await AdvanceToNextTimerAsync();
        }

        var error = await request.Throws<RequestTimeoutException>();
        Assert.Equal([0, 250, 750, 1750, 3750], times);
        Assert.Equal(Total, _clock.Elapsed);
        Assert.Contains(" within 5 s.", error.Message, StringComparison.Ordinal);
        Assert.False(connection.IsDisposed);
        Assert.Equal(1, _transport.Attempts);
    }

    [Fact]
    public async Task RequestAsync_FirstTransmissionLost_IsAnsweredAtTheSecond()
    {
        await using var client = MakeClient();
        var request = client.RequestAsync("a").AsTask();
        var connection = await _transport.NextConnectionAsync();
        await connection.NextSentAsync();
        await AdvanceToNextTimerAsync();
        Assert.Equal("a", await connection.NextSentAsync());

        connection.Reply("A");

        Assert.Equal("A", await request.Soon());
    }

    [Fact]
    public async Task RequestAsync_SystemGivesAPortAgain_TakesAnother()
    {
        _transport.NextPort = attempt => attempt switch { 1 or 2 or 3 => 1000, _ => 2000 };
        await using var client = MakeClient();
        var first = client.RequestAsync("1").AsTask();
        (await _transport.NextConnectionAsync()).Reply("one");
        await first.Soon();

        var second = client.RequestAsync("2").AsTask();
        var refused = new[] { await _transport.NextConnectionAsync(), await _transport.NextConnectionAsync() };
        var fresh = await _transport.NextConnectionAsync();
        Assert.Equal("2", await fresh.NextSentAsync());
        fresh.Reply("two");

        Assert.Equal("two", await second.Soon());
        Assert.All(refused, connection => Assert.True(connection.IsDisposed && !connection.HasSent));
    }

    [Fact]
    public async Task RequestAsync_NoOtherPortToBeHad_TakesItAllTheSame()
    {
        _transport.NextPort = _ => 1000;
        _transport.Connected = connection => connection.Reply("reply");
        await using var client = MakeClient();

        Assert.Equal("reply", await client.RequestAsync("1").AsTask().Soon());
        Assert.Equal("reply", await client.RequestAsync("2").AsTask().Soon());
    }

    [Fact]
    public async Task RequestAsync_EveryPortWasUsedLately_TakesTheOneUsedLongestAgo()
    {
        // 1000, 1001, 1002, and from then on backwards.
        _transport.NextPort = attempt => 1000 + (attempt <= 3 ? attempt - 1 : (300 - attempt) % 3);
        var sentFrom = new ConcurrentQueue<int>();
        _transport.Connected = connection =>
        {
            connection.Sending = (_, _) =>
            {
                sentFrom.Enqueue(((IPEndPoint)connection.LocalEndPoint).Port);
                return Task.CompletedTask;
            };
            connection.Reply("reply");
        };
        await using var client = MakeClient();

        for (var number = 0; number < 6; number++)
        {
            await client.RequestAsync("a").AsTask().Soon();
        }

        Assert.Equal([1000, 1001, 1002, 1000, 1001, 1002], sentFrom);
    }

    [Fact]
    public async Task RequestAsync_PortUsedLongAgo_IsTakenAgain()
    {
        const int Ports = 5000;
        _transport.NextPort = attempt => attempt % Ports;
        _transport.Connected = connection => connection.Reply("reply");
        await using var client = MakeClient();

        for (var number = 0; number < Ports + 100; number++)
        {
            await client.RequestAsync("a").AsTask().Soon();
        }

        Assert.Equal(Ports + 100, _transport.Attempts);
    }

    [Fact]
    public async Task RequestAsync_ManyAtOnce_HaveASocketEachAndNoMoreThanAllowed()
    {
        await using var client = MakeClient(new RequestClientOptions { MaxConcurrentRequests = 2 });
        var requests = Enumerable.Range(1, 3).Select(number => client.RequestAsync($"{number}").AsTask()).ToArray();
        var first = await _transport.NextConnectionAsync();
        var second = await _transport.NextConnectionAsync();
        Assert.Equal(2, _transport.Attempts);

        second.Reply("two");
        Assert.Equal("two", await requests[1].Soon());
        var third = await _transport.NextConnectionAsync();
        third.Reply("three");
        first.Reply("one");

        Assert.Equal(["one", "two", "three"], await Task.WhenAll(requests).Soon());
        Assert.True(first.IsDisposed && second.IsDisposed && third.IsDisposed);
    }

    [Fact]
    public async Task RequestAsync_TimesOutWaitingForItsTurn_IsNeverSent()
    {
        await using var client = MakeClient(new RequestClientOptions { MaxConcurrentRequests = 1 });
        using var cancellation = new CancellationTokenSource();
        var first = client.RequestAsync("1").AsTask();
        var second = client.RequestAsync("2", cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await second.Throws<OperationCanceledException>();
        (await _transport.NextConnectionAsync()).Reply("one");
        Assert.Equal("one", await first.Soon());
        Assert.Equal(1, _transport.Attempts);
    }

    [Fact]
    public async Task RequestAsync_ServerNotThereYet_IsAskedAgainInTurn()
    {
        // The deadline, the wait for the reply, the late reply that may come to the first socket, and the next turn.
        var time = new CountingTimeProvider(_clock, count: 4);
        await using var client = new RequestClient(
            _transport, ScriptedTransport.Remote, new RequestClientOptions(), null, time);
        var request = client.RequestAsync("a").AsTask();
        var first = await _transport.NextConnectionAsync();
        await first.NextSentAsync();
        first.Close(CloseReason.Unreachable);
        await first.Disposed;
        Assert.Equal(1, _transport.Attempts);

        await time.Reached;
        _clock.Advance(_clock.NextTimerDueIn!.Value);
        var second = await _transport.NextConnectionAsync();
        second.Reply("A");

        Assert.Equal("A", await request.Soon());
        Assert.Equal(TimeSpan.FromMilliseconds(250), _clock.Elapsed);
    }

    [Fact]
    public async Task RequestAsync_NeverThere_TimesOutAndSaysWhy()
    {
        _transport.Connected = connection => connection.Close(CloseReason.Unreachable);
        await using var client = MakeClient(new RequestClientOptions { Timeout = TimeSpan.FromMilliseconds(100) });
        var request = client.RequestAsync("a").AsTask();
        await (await _transport.NextConnectionAsync()).Disposed;

        _clock.Advance(TimeSpan.FromMilliseconds(100));

        var error = await request.Throws<RequestTimeoutException>();
        Assert.Equal(CloseReason.Unreachable, Assert.IsType<ConnectionClosedException>(error.InnerException).Reason);
    }

    [Fact]
    public async Task RequestAsync_SendFails_CountsAsLost()
    {
        _transport.Connected = connection => connection.Sending = (_, _) =>
            _transport.Attempts == 1 ? throw new TransportException("No buffer space.") : Task.CompletedTask;
        await using var client = MakeClient();
        var request = client.RequestAsync("a").AsTask();
        await (await _transport.NextConnectionAsync()).Disposed;
        await AdvanceToNextTimerAsync();

        (await _transport.NextConnectionAsync()).Reply("A");

        Assert.Equal("A", await request.Soon());
    }

    [Fact]
    public async Task RequestAsync_SendRefusesTheMessage_FailsAtOnce()
    {
        _transport.Connected = connection => connection.Sending = (_, _) => throw new MessageTooLongException(900, 500);
        await using var client = MakeClient();

        await client.RequestAsync("a").AsTask().Throws<MessageTooLongException>();

        Assert.True((await _transport.NextConnectionAsync()).IsDisposed);
    }

    [Fact]
    public async Task RequestAsync_NoSocketToBeHad_FailsAtOnceAndGivesItsTurnBack()
    {
        _transport.Connecting = (attempt, _) =>
            attempt == 1 ? throw new ConnectionFailedException("No route.") : Task.CompletedTask;
        await using var client = MakeClient(new RequestClientOptions { MaxConcurrentRequests = 1 });

        await client.RequestAsync("1").AsTask().Throws<ConnectionFailedException>();

        var second = client.RequestAsync("2").AsTask();
        (await _transport.NextConnectionAsync()).Reply("two");
        Assert.Equal("two", await second.Soon());
    }

    [Fact]
    public async Task DisposeAsync_RequestsInFlight_FailAsLocalClosedAndTheirSocketsAreClosed()
    {
        var client = MakeClient(new RequestClientOptions { MaxConcurrentRequests = 1 });
        var inFlight = client.RequestAsync("1").AsTask();
        var waiting = client.RequestAsync("2").AsTask();
        var connection = await _transport.NextConnectionAsync();
        await connection.NextSentAsync();

        await client.DisposeAsync().AsTask().Soon();

        Assert.True(connection.IsDisposed);
        Assert.Equal(CloseReason.LocalClosed, (await inFlight.Throws<ConnectionClosedException>()).Reason);
        Assert.Equal(CloseReason.LocalClosed, (await waiting.Throws<ConnectionClosedException>()).Reason);
        await client.RequestAsync("3").AsTask().Throws<ConnectionClosedException>();
        Assert.Equal(1, _transport.Attempts);
    }

    private RequestClient MakeClient(RequestClientOptions? options = null) =>
        new(_transport, ScriptedTransport.Remote, options ?? new RequestClientOptions(), null, _clock);

    /// <summary>Waits until the request waits for its deadline and for its interval, and moves the clock.</summary>
    private async Task AdvanceToNextTimerAsync()
    {
        await _clock.WhenTimerAsync(2);
        _clock.Advance(_clock.NextTimerDueIn!.Value);
    }
}

using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using Transports.Testing;
using static Transports.Hosting.Tests.LimitedServer;

namespace Transports.Hosting.Tests;

/// <summary>Who may pass, and what becomes of the others.</summary>
public sealed class RateLimitTests
{
    private const string Dropped = "";

    [Fact]
    public async Task PerPeer_OverTheLimit_LeavesOthersAlone()
    {
        var server = new LimitedServer(limits => limits.PerPeer = AtMost(2));

        Assert.Equal(["ABC", "ABC", Dropped], await AskAllAsync(server, "10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3"));
        Assert.Equal("ABC", await server.AskAsync("10.0.0.2:1"));
        Assert.Null(await server.AskAsync("10.0.0.1:1"));
    }

    [Fact]
    public async Task PerPeer_OfIPv6_IsItsPrefix()
    {
        var server = new LimitedServer(limits => limits.PerPeer = AtMost(1));

        Assert.Equal(
            ["ABC", Dropped, "ABC", "ABC", Dropped],
            await AskAllAsync(
                server, "[2001:db8::1]:1", "[2001:db8::2:3]:1", "[2001:db8:0:1::1]:1", "1.2.3.4:1", "1.2.3.4:2"));
    }

    [Fact]
    public async Task PerPeer_WithoutAddresses_IsAConnection()
    {
        var server = new LimitedServer(limits => limits.PerPeer = AtMost(1));
        var (first, second) = (NewConnection("a"), NewConnection("b"));

        Assert.Equal("ABC", await server.AskAsync("", first));
        Assert.Null(await server.AskAsync("", first));
        Assert.Equal("ABC", await server.AskAsync("", second));

        static TestConnection NewConnection(string id) =>
            new() { Id = id, RemoteEndPoint = new InMemoryEndPoint("client") };
    }

    [Fact]
    public async Task PerEndpoint_OverTheLimit_LeavesOtherPortsAlone()
    {
        var server = new LimitedServer(limits => limits.PerEndpoint = AtMost(1));

        Assert.Equal("ABC", await server.AskAsync("10.0.0.1:1", port: 1));
        Assert.Null(await server.AskAsync("10.0.0.2:1", port: 1));
        Assert.Equal("ABC", await server.AskAsync("10.0.0.1:1", port: 2));
    }

    [Fact]
    public async Task Both_APeerOverItsLimit_TakesNothingOfItsEndpoints()
    {
        var server = new LimitedServer(limits => (limits.PerPeer, limits.PerEndpoint) = (AtMost(1), AtMost(2)));
        await AskAllAsync(server, [.. Enumerable.Repeat("10.0.0.1:1", 10)]);

        Assert.Equal(["ABC", Dropped], await AskAllAsync(server, "10.0.0.2:1", "10.0.0.3:1"));
    }

    [Fact]
    public async Task Excess_Replied_IsTheGivenMessage()
    {
        var server = new LimitedServer(limits => (limits.PerPeer, limits.Excess, limits.Reply) =
            (AtMost(1), RateLimitExcess.Reply, "slow down"u8.ToArray()));

        Assert.Equal(["ABC", "slow down"], await AskAllAsync(server, "10.0.0.1:1", "10.0.0.1:1"));
    }

    [Fact]
    public async Task Excess_Closed_EndsTheConnection()
    {
        var server = new LimitedServer(
            limits => (limits.PerPeer, limits.Excess) = (AtMost(1), RateLimitExcess.Close));
        var connection = new TestConnection();
        Assert.Equal("ABC", await server.AskAsync("", connection));
        Assert.False(connection.Completion.IsCompleted);

        Assert.Null(await server.AskAsync("", connection));

        Assert.Equal(CloseReason.LocalClosed, await connection.Completion);
    }

    [Fact]
    public async Task Excess_IsCountedAndLoggedOnceAMinute()
    {
        var counts = new Dictionary<string, long>();
        var server = new LimitedServer(limits => (limits.PerPeer, limits.PerEndpoint) = (AtMost(1), AtMost(2)));
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "transports.messages.limited")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (Equals(tags[0].Value, server.Name))
            {
                var key = $"{tags[1].Value} {tags[2].Value}";
                counts[key] = counts.GetValueOrDefault(key) + count;
            }
        });
        listener.Start();

        await AskAllAsync(server, "10.0.0.1:1", "10.0.0.1:1", "10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1");

        Assert.Equal(2, counts["peer dropped"]);
        Assert.Equal(1, counts["endpoint dropped"]);
        var line = Assert.Single(server.Logs.Named("MessagesLimited"));
        Assert.Contains("10.0.0.1:1", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peers_MoreThanAreRemembered_ForgetWhoIsAsGoodAsNewElseShareOneLimiter()
    {
        var server = new LimitedServer(limits => (limits.PerPeer, limits.MaxPeers) = (AtMost(1), 2));

        // Both places are taken by peers at their limit; the others have one limiter together.
        Assert.Equal(
            ["ABC", "ABC", "ABC", Dropped, Dropped],
            await AskAllAsync(server, "10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1", "10.0.0.1:1"));

        var rested = new LimitedServer(limits => (limits.PerPeer, limits.MaxPeers) = (Untouched, 2));
        for (var i = 1; i < 100; i++)
        {
            Assert.Equal("ABC", await rested.AskAsync($"10.0.0.{i}:1"));
        }

        static RateLimiter Untouched() => new ConcurrencyLimiter(new() { PermitLimit = 1 });
    }

    [Fact]
    public async Task Concurrency_IsGivenBackWhenTheHandlerEnds()
    {
        var release = new TaskCompletionSource();
        var server = new LimitedServer(
            limits => limits.PerPeer = () => new ConcurrencyLimiter(new() { PermitLimit = 1 }),
            MessageHandler.Create(async (context, token) =>
            {
                await release.Task;
                await context.ReplyAsync("done"u8, token);
                throw new InvalidOperationException("after all");
            }));
        var first = server.AskAsync("10.0.0.1:1");
        Assert.Null(await server.AskAsync("10.0.0.1:1"));

        release.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.AskAsync("10.0.0.1:1"));
    }

    [Fact]
    public async Task LimitEachPeer_TakesItsBurst()
    {
        // One message a second in the long run: whatever the machine does meanwhile, a thousand do not pass.
        var server = new LimitedServer(limits => limits.LimitEachPeer(messagesPerSecond: 1, burst: 100));

        var replies = await AskAllAsync(server, [.. Enumerable.Repeat("10.0.0.1:1", 1000)]);

        Assert.All(replies.Take(100), reply => Assert.Equal("ABC", reply));
        Assert.Contains(Dropped, replies);
    }

    [Fact]
    public void Options_ThatCannotBe_AreAllNamed()
    {
        var exception = Assert.Throws<ArgumentException>(() => new LimitedServer(limits =>
            (limits.MaxPeers, limits.IPv6PrefixBits, limits.Excess) = (0, 129, RateLimitExcess.Reply)));

        string[] parts = ["MaxPeers must", "IPv6PrefixBits must", "Reply must", "Neither PerEndpoint nor PerPeer"];
        Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RateLimitOptions().LimitEachPeer(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RateLimitOptions().LimitEachEndpoint(1, 0));
    }

    [Fact]
    public void Limiter_WithATimerOfItsOwn_IsRefusedWhenTheServerIsMade()
    {
        using var limiter = new TokenBucketRateLimiter(new()
        {
            TokenLimit = 1,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            AutoReplenishment = true,
        });

        Assert.Throws<ArgumentException>(() => new LimitedServer(limits => limits.PerPeer = () => limiter));
    }

    private static async Task<string[]> AskAllAsync(LimitedServer server, params string[] peers)
    {
        var replies = new List<string>();
        foreach (var peer in peers)
        {
            replies.Add(await server.AskAsync(peer) ?? Dropped);
        }

        return [.. replies];
    }
}

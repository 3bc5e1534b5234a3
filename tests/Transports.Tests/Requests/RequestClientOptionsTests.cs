using Transports.Requests;

namespace Transports.Tests.Requests;

public class RequestClientOptionsTests
{
    [Fact]
    public void Constructor_SeveralFaults_NamesThemAll()
    {
        var options = new RequestClientOptions
        {
            Timeout = TimeSpan.Zero,
            MaxPendingRequests = 0,
            ReconnectDelay = TimeSpan.FromSeconds(-1),
            MaxReconnectDelay = TimeSpan.FromSeconds(-2),
            SilenceTimeout = TimeSpan.FromDays(30),
            MaxConcurrentRequests = 0,
            MaxLateReplySockets = -1,
            LateReplyTime = TimeSpan.Zero,
            RetransmitInterval = TimeSpan.FromSeconds(3),
            MaxRetransmitInterval = TimeSpan.FromSeconds(2),
        };

        var error = Assert.Throws<ArgumentException>(() => Make(options));

        foreach (var name in new[]
        {
            "Timeout must be from", "SilenceTimeout must be from", "MaxPendingRequests must be at least 1",
            "MaxConcurrentRequests must be at least 1", "MaxLateReplySockets must be at least 0",
            "LateReplyTime must be from", "ReconnectDelay must be from", "MaxReconnectDelay must be from",
            "MaxReconnectDelay must not be shorter than ReconnectDelay",
            "MaxRetransmitInterval must not be shorter than RetransmitInterval",
        })
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Constructor_DelaysThatAreInfinite_AreRefused()
    {
        var options = new RequestClientOptions
        {
            ReconnectDelay = Timeout.InfiniteTimeSpan,
            RetransmitInterval = Timeout.InfiniteTimeSpan,
        };

        var error = Assert.Throws<ArgumentException>(() => Make(options));

        const string Range = "must be from 1 ms to 24 days, but is";
        Assert.Contains($"ReconnectDelay {Range}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"RetransmitInterval {Range}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Constructor_InfiniteTimeouts_AreAllowed()
    {
        await using var client = Make(new RequestClientOptions
        {
            Timeout = Timeout.InfiniteTimeSpan,
            SilenceTimeout = Timeout.InfiniteTimeSpan,
        });
    }

    [Fact]
    public void Constructor_NullArguments_AreRefused()
    {
        var transport = new ScriptedTransport(isReliable: true);
        var options = new RequestClientOptions();
        Assert.Throws<ArgumentNullException>(() => new RequestClient(null!, ScriptedTransport.Remote, options));
        Assert.Throws<ArgumentNullException>(() => new RequestClient(transport, null!, options));
    }

    [Fact]
    public async Task Constructor_OptionsChangedLater_KeepsItsCopy()
    {
        var transport = new ScriptedTransport(isReliable: false);
        var options = new RequestClientOptions { MaxConcurrentRequests = 2 };
        await using var client = new RequestClient(transport, ScriptedTransport.Remote, options);
        options.MaxConcurrentRequests = 0;

        var request = client.RequestAsync("a").AsTask();
        (await transport.NextConnectionAsync()).Reply("A");

        Assert.Equal("A", await request.Soon());
    }

    private static RequestClient Make(RequestClientOptions options) =>
        new(new ScriptedTransport(isReliable: true), ScriptedTransport.Remote, options);
}

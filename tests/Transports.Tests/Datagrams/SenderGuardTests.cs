using System.Net;
using Transports.Diagnostics;
using Transports.Testing;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

public sealed class SenderGuardTests : IAsyncDisposable
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private readonly FakeChannel _channel = new();

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public void RefusedSourcePorts_ByDefault_AreThoseOfServicesThatAnswerAnything() => Assert.Equal(
        [7, 11, 13, 17, 19, 37, 53, 69, 123], new FakeOptions().RefusedSourcePorts);

    [Theory]
    [InlineData(7, true)]
    [InlineData(53, true)]
    [InlineData(123, true)]
    [InlineData(8, false)]
    [InlineData(122, false)]
    [InlineData(124, false)]
    [InlineData(1024, false)]
    [InlineData(65_535, false)]
    public async Task Receive_FromAPortOfAnEchoLikeService_IsDropped(int port, bool isDropped)
    {
        var transport = new FakeDatagramTransport(_channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Echo);

        _channel.ArriveTogether(new(new IPEndPoint(Alice.Address, port), "loop"), new(Alice, "good"));

        Assert.Equal(isDropped ? 1 : 2, (await _channel.NextBatchAsync()).Length);
        Assert.Equal(isDropped ? 1 : 0, metrics.Dropped("refused_source_port"));
    }

    [Theory]
    [InlineData(new int[0], 2)]
    [InlineData(new[] { 65_535 }, 2)]
    [InlineData(new[] { 7, 1001 }, 0)]
    public async Task Receive_WithPortsOfOnesOwn_RefusesThose(int[] ports, int answered)
    {
        var options = new FakeOptions { RefusedSourcePorts = ports };
        var transport = new FakeDatagramTransport(_channel, options);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Echo);

        _channel.ArriveTogether(new(Alice, "a"), new(new IPEndPoint(Bob.Address, 7), "b"), new(Bob, "end"));

        Assert.Equal(answered + 1, (await _channel.NextBatchAsync()).Length);
        Assert.Equal(2 - answered, metrics.Dropped("refused_source_port"));
    }

    [Fact]
    public void Judge_AnAddressThatIsUsedAgain_IsToldAnewWithEachBatch()
    {
        var guard = new SenderGuard(_channel, new FakeOptions(), TimeProvider.System);
        var shared = Alice.Serialize();
        guard.BeginBatch();
        Assert.Null(guard.Judge(shared));
        Assert.Null(guard.Judge(shared));

        var refused = new IPEndPoint(Alice.Address, 7).Serialize();
        refused.Buffer.CopyTo(shared.Buffer);
        guard.BeginBatch();

        Assert.Equal(DropReason.RefusedSourcePort, guard.Judge(shared));
        Assert.Equal(DropReason.RefusedSourcePort, guard.Judge(shared));
    }

    [Fact]
    public void Judge_ManyThatShareAnAddress_AreCountedOneByOne()
    {
        var options = new FakeOptions { SourceRatePerSecond = 1, SourceBurst = 3 };
        var guard = new SenderGuard(_channel, options, TimeProvider.System);
        var shared = Alice.Serialize();
        guard.BeginBatch();

        Assert.All(Enumerable.Range(0, 3), _ => Assert.Null(guard.Judge(shared)));
        Assert.Equal(DropReason.SourceRate, guard.Judge(shared));
    }

    [Fact]
    public async Task Receive_FromTheListenersOwnEndPoint_IsDropped()
    {
        var channel = new FakeChannel { Local = new IPEndPoint(IPAddress.Parse("192.0.2.100"), 4000) };
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Echo);
        var samePort = new IPEndPoint(Alice.Address, 4000);
        var sameAddress = new IPEndPoint(channel.Local.Address, 4001);

        channel.ArriveTogether(new(channel.Local, "loop"), new(samePort, "a"), new(sameAddress, "b"));

        Assert.Equal(
            [$"{samePort} a", $"{sameAddress} b"], (await channel.NextBatchAsync()).Select(one => one.ToString()));
        Assert.Equal(1, metrics.Dropped("own_datagram"));
    }

    [Fact]
    public async Task Receive_OverTheRateOfItsSource_IsDroppedUntilTimePasses()
    {
        var clock = new VirtualTimeProvider();
        var options = new FakeOptions { SourceRatePerSecond = 2, SourceBurst = 3 };
        var logs = new LogCollector();
        var transport = new FakeDatagramTransport(_channel, options, logs, clock);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Echo);
        var otherPort = new IPEndPoint(Alice.Address, 2000);

        _channel.ArriveTogether(new(Alice, "1"), new(otherPort, "2"), new(Alice, "3"), new(otherPort, "4"));
        Assert.Equal(["1", "2", "3"], await NextTextsAsync());
        _channel.ArriveTogether(new(Alice, "5"), new(Bob, "6"));
        Assert.Equal(["6"], await NextTextsAsync());

        clock.Advance(OneSecond);
        _channel.ArriveTogether(new(Alice, "7"), new(Alice, "8"), new(Alice, "9"));
        Assert.Equal(["7", "8"], await NextTextsAsync());
        Assert.Equal(3, metrics.Dropped("source_rate"));
        Assert.Single(logs.Named("DatagramDropped"));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.99", 32, 64, false)]
    [InlineData("192.0.2.1", "192.0.2.99", 24, 64, true)]
    [InlineData("192.0.2.1", "198.51.100.1", 24, 64, false)]
    [InlineData("192.0.2.1", "198.51.100.1", 0, 64, true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1:2:3", 32, 64, true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", 32, 64, false)]
    [InlineData("2001:db8::1", "2001:db8::2", 32, 128, false)]
    [InlineData("2001:db8::1", "fe80::1", 32, 0, true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", 32, 64, false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", 24, 64, true)]
    public async Task Source_IsThePrefixOfAnAddress(string one, string other, int prefixIPv4, int prefixIPv6, bool same)
    {
        var isIPv6 = one.Contains(':', StringComparison.Ordinal);
        var channel = new FakeChannel
        {
            Local = new IPEndPoint(IPAddress.Parse(isIPv6 ? "2001:db8::100" : "192.0.2.100"), 4000),
        };
        var options = new FakeOptions
        {
            SourceRatePerSecond = 1,
            SourceBurst = 1,
            SourcePrefixBitsIPv4 = prefixIPv4,
            SourcePrefixBitsIPv6 = prefixIPv6,
        };
        var transport = new FakeDatagramTransport(channel, options, timeProvider: new VirtualTimeProvider());
        await using var listener = await transport.ListenAsync(Handlers.Echo);

        channel.ArriveTogether(
            new(new IPEndPoint(IPAddress.Parse(one), 1), "1"), new(new IPEndPoint(IPAddress.Parse(other), 1), "2"));

        Assert.Equal(same ? 1 : 2, (await channel.NextBatchAsync()).Length);
    }

    [Fact]
    public void Options_ThatCannotBe_AreAllNamed()
    {
        var options = new FakeOptions
        {
            MaxReplyFactor = -1,
            SourceRatePerSecond = -1,
            SourceBurst = 0,
            SourceTableSize = 0,
            SourcePrefixBitsIPv4 = 33,
            SourcePrefixBitsIPv6 = 129,
            RefusedSourcePorts = [0],
        };

        var thrown = Assert.Throws<ArgumentException>(() => new FakeDatagramTransport(_channel, options));

        Assert.All(
            [
                "MaxReplyFactor", "SourceRatePerSecond", "SourceBurst", "SourceTableSize", "SourcePrefixBitsIPv4",
                "SourcePrefixBitsIPv6", "RefusedSourcePorts",
            ],
            name => Assert.Contains(name, thrown.Message, StringComparison.Ordinal));
    }

    private async Task<string[]> NextTextsAsync() => [.. (await _channel.NextBatchAsync()).Select(one => one.Text)];
}

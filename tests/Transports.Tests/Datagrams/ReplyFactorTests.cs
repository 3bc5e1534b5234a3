using System.Net;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

/// <summary>
/// A sender's address may be forged: whoever it belongs to gets no more than a few times what the forger sent.
/// </summary>
public sealed class ReplyFactorTests : IAsyncDisposable
{
    // IPv4 and UDP.
    private const int Headers = 28;

    private readonly FakeChannel _channel = new();

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    [Fact]
    public async Task UpperCase_OfAnyText_IsNeverWithheld()
    {
        var transport = new FakeDatagramTransport(_channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Upper);

        // Every character by itself, many times: the one that grows most shows.
        foreach (var text in Enumerable.Range(0, 0x10000).Where(code => !char.IsSurrogate((char)code))
            .Where(code => char.ToUpperInvariant((char)code) != code)
            .Select(code => new string((char)code, 100)))
        {
            _channel.Arrive(Alice, text);
            Assert.Equal(text.ToUpperInvariant(), (await _channel.NextSentAsync()).Text);
        }

        Assert.Equal(0, metrics.Dropped("reply_withheld"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60_000 / 3)]
    public async Task UpperCase_OfBytesThatAreNoText_IsNotWithheld(int length)
    {
        await using var listener = await new FakeDatagramTransport(_channel).ListenAsync(Handlers.Upper);

        // Each becomes U+FFFD, of three bytes: the most that this service can grow.
        _channel.ArriveTogether(new FakeDatagram(Alice, [.. Enumerable.Repeat((byte)0xFF, length)]));

        Assert.Equal(3 * length, (await _channel.NextSentAsync()).Payload.Length);
    }

    [Theory]
    [InlineData(0, (3 * Headers) - Headers)]
    [InlineData(10, (3 * (10 + Headers)) - Headers)]
    public async Task Reply_OverTheFactor_IsWithheldAndCounted(int length, int most)
    {
        var logs = new LogCollector();
        var transport = new FakeDatagramTransport(_channel, loggerFactory: logs);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        var size = most + 1;
        await using var listener = await transport.ListenAsync(
            (context, token) => context.ReplyAsync(new byte[size--], token));

        _channel.ArriveTogether(new FakeDatagram(Alice, new byte[length]), new FakeDatagram(Alice, new byte[length]));

        Assert.Equal(most, (await _channel.NextSentAsync()).Payload.Length);
        Assert.Equal(1, metrics.Dropped("reply_withheld"));
        Assert.Contains("ReplyWithheld", Assert.Single(logs.Named("DatagramDropped")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Replies_OfAnySizesAndWays_NeverExceedTheFactor(int seed)
    {
        const int Requests = 300;
        var random = new Random(seed);
        var kept = new List<IConnection>();
        long sentByHandler = 0;
        var transport = new FakeDatagramTransport(_channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(async (context, token) =>
        {
            for (var count = random.Next(8); count > 0; count--)
            {
                sentByHandler++;
                var reply = new byte[random.Next(400)];
                await (random.Next(3) switch
                {
                    0 => context.Connection.SendAsync(reply, token),
                    1 when kept.Count > 0 => kept[random.Next(kept.Count)].SendAsync(reply, token),
                    _ => context.ReplyAsync(reply, token),
                });
            }

            if (random.Next(4) == 0)
            {
                kept.Add(context.Connection);
            }
        });

        long bytesIn = 0;
        for (var index = 0; index < Requests; index++)
        {
            var request = new byte[random.Next(200)];
            bytesIn += request.Length + Headers;
            _channel.ArriveTogether(new FakeDatagram(Alice, request));
            await _channel.NextReceiveAsync();
        }

        await listener.StopAsync().Soon();
        var bytesOut = metrics["transports.bytes.sent"] + (Headers * metrics["transports.messages.sent"]);
        Assert.InRange(bytesOut, bytesIn, 3 * bytesIn);
        Assert.Equal(sentByHandler, metrics["transports.messages.sent"] + metrics.Dropped("reply_withheld"));
        Assert.InRange(metrics.Dropped("reply_withheld"), 1, sentByHandler);
    }

    [Fact]
    public async Task View_KeptByTheHandler_MayOnlySendWhatItsMessageAllows()
    {
        var peer = new TaskCompletionSource<IConnection>();
        var transport = new FakeDatagramTransport(_channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync((context, token) =>
        {
            peer.TrySetResult(context.Connection);
            return context.ReplyAsync("subscribed", token);
        });
        _channel.Arrive(Alice, "subscribe");
        Assert.Equal("subscribed", (await _channel.NextSentAsync()).Text);

        var view = await peer.Task.Soon();
        for (var index = 0; index < 100; index++)
        {
            await view.SendAsync("news");
        }

        // 3 x (9 + 28) bytes less 10 + 28 for the reply leave room for two times 4 + 28.
        Assert.Equal("news", (await _channel.NextSentAsync()).Text);
        Assert.Equal("news", (await _channel.NextSentAsync()).Text);
        Assert.False(_channel.HasSent);
        Assert.Equal(98, metrics.Dropped("reply_withheld"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Peer_ThatHasShownThatItIsThere_GetsWhateverItAsksFor(bool viewFirst)
    {
        var peer = new TaskCompletionSource<IConnection>();
        await using var listener = await new FakeDatagramTransport(_channel).ListenAsync(async (context, token) =>
        {
            if (viewFirst)
            {
                peer.TrySetResult(context.Connection);
            }

            if (context.Text() == "token")
            {
                context.ConfirmRemoteAddress();
            }

            peer.TrySetResult(context.Connection);
            await context.ReplyAsync(new byte[5000], token);
        });

        _channel.Arrive(Alice, "token");
        Assert.Equal(5000, (await _channel.NextSentAsync()).Payload.Length);
        await (await peer.Task.Soon()).SendAsync(new byte[6000]);
        Assert.Equal(6000, (await _channel.NextSentAsync()).Payload.Length);

        // The next message has to show it again.
        _channel.ArriveTogether(new FakeDatagram(Alice, "forged"), new FakeDatagram(Alice, "token"));
        Assert.Equal(5000, (await _channel.NextSentAsync()).Payload.Length);
        Assert.False(_channel.HasSent);
    }

    [Fact]
    public async Task Confirm_AfterTheMessageWasHandled_Throws()
    {
        MessageContext? kept = null;
        await using var listener = await new FakeDatagramTransport(_channel).ListenAsync((context, token) =>
        {
            kept = context;
            return context.ReplyAsync("x", token);
        });
        _channel.Arrive(Alice, "a");
        await _channel.NextSentAsync();

        Assert.Throws<ObjectDisposedException>(() => kept!.ConfirmRemoteAddress());
    }

    [Fact]
    public async Task IPv6_CountsItsLongerHeaders()
    {
        var peer = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 1001);
        var channel = new FakeChannel { Local = new IPEndPoint(IPAddress.Parse("2001:db8::2"), 9) };
        var size = (3 * 48) - 48 + 1;
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(
            (context, token) => context.ReplyAsync(new byte[size--], token));

        channel.ArriveTogether(new FakeDatagram(peer, ""), new FakeDatagram(peer, ""));

        Assert.Equal((3 * 48) - 48, (await channel.NextSentAsync()).Payload.Length);
    }
}

using System.Net;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

public class DatagramDropTests
{
    [Theory]
    [InlineData("192.0.2.1", 0)]
    [InlineData("0.0.0.0", 5)]
    [InlineData("255.255.255.255", 5)]
    [InlineData("224.0.0.1", 5)]
    [InlineData("239.255.255.255", 5)]
    [InlineData("2001:db8::1", 0)]
    [InlineData("::", 5)]
    [InlineData("ff02::1", 5)]
    [InlineData("::ffff:224.0.0.1", 5)]
    public async Task Receive_SenderThatCannotBeAnswered_IsDroppedUnhandled(string address, int port)
    {
        var channel = new FakeChannel();
        var handled = 0;
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync((context, token) =>
        {
            handled++;
            return context.ReplyAsync("reply", token);
        });

        channel.ArriveTogether(new(new IPEndPoint(IPAddress.Parse(address), port), "bad"), new(Alice, "good"));

        Assert.Equal(Alice, (await channel.NextSentAsync()).Peer);
        Assert.Equal(1, handled);
        Assert.Equal(1, metrics.Dropped("unanswerable_sender"));
    }

    [Theory]
    [InlineData("10.0.0.255")]
    [InlineData("127.0.0.1")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:db8::1")]
    [InlineData("fe80::1")]
    [InlineData("::1")]
    [InlineData("::ffff:10.1.2.3")]
    public void IsAnswerable_Host_IsTrue(string address) =>
        Assert.True(PeerAddress.IsAnswerable(
            new IPEndPoint(IPAddress.Parse(address), 1).Serialize(), IPAddress.Parse(address).AddressFamily));

    [Fact]
    public async Task Receive_Truncated_IsDroppedAndCounted()
    {
        var channel = new FakeChannel();
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Upper);

        channel.ArriveTogether(new(Alice, "cut"u8.ToArray(), IsTruncated: true), new(Alice, "whole"));

        Assert.Equal("WHOLE", (await channel.NextSentAsync()).Text);
        await listener.StopAsync().Soon();

        Assert.Equal(1, metrics.Dropped("truncated"));
        Assert.Equal(1, metrics["transports.messages.received"]);
        Assert.Equal(5, metrics["transports.bytes.received"]);
        Assert.Equal(1, metrics["transports.messages.sent"]);
        Assert.Equal(1, metrics["transports.handler.duration"]);
    }

    [Fact]
    public async Task Receive_OverTheLimit_IsDroppedAndCounted()
    {
        var channel = new FakeChannel();
        var logs = new LogCollector();
        var transport = new FakeDatagramTransport(channel, new FakeOptions { MaxMessageBytes = 5 }, logs);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Upper);

        channel.ArriveTogether(new(Alice, "123456"), new(Alice, "123456"), new(Alice, "abcde"));

        Assert.Equal("ABCDE", (await channel.NextSentAsync()).Text);
        Assert.Equal(2, metrics.Dropped("too_long"));
        Assert.Single(logs.Named("DatagramDropped"));
    }

    [Fact]
    public async Task Receive_TooManyAtOnce_DropsTheOthersUntilOneEnds()
    {
        var channel = new FakeChannel();
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource() };
        var calls = 0;
        var transport = new FakeDatagramTransport(channel, new FakeOptions { MaxConcurrentMessages = 2 });
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(async (context, token) =>
        {
            await gates[calls++].Task;
            await context.ReplyAsync(context.Text(), token);
        });

        channel.ArriveTogether(new(Alice, "1"), new(Alice, "2"), new(Alice, "3"), new(Alice, "4"));
        await channel.NextReceiveAsync();
        await channel.NextReceiveAsync();
        gates[0].SetResult();
        Assert.Equal("1", (await channel.NextSentAsync()).Text);
        Assert.Equal(2, metrics.Dropped("overloaded"));

        gates[2].SetResult();
        string? text = null;
        while (text != "5")
        {
            // The place is free a moment after the reply has left.
            channel.Arrive(Alice, "5");
            text = channel.HasSent ? (await channel.NextSentAsync()).Text : null;
            await Task.Yield();
        }

        gates[1].SetResult();
    }

    [Fact]
    public async Task Send_Failed_IsCountedAndTheOthersLeave()
    {
        var channel = new FakeChannel();
        channel.OnSend = batch => batch.Span[0].Payload.Span[0] == (byte)'B'
            ? throw new IOException("no way there")
            : new ValueTask<int>(1);
        var logs = new LogCollector();
        var transport = new FakeDatagramTransport(channel, loggerFactory: logs);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Upper);

        channel.ArriveTogether(new(Alice, "a"), new(Bob, "b"), new(Carol, "c"));

        Assert.Equal("A", (await channel.NextSentAsync()).Text);
        Assert.Equal("C", (await channel.NextSentAsync()).Text);
        Assert.Equal(1, metrics.Dropped("send_failed"));
        Assert.IsType<IOException>(Assert.Single(logs.Named("DatagramDropped")).Exception);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20261123)]
    public async Task Receive_Junk_NeverEndsTheListener(int seed)
    {
        var channel = new FakeChannel();
        var random = new Random(seed);
        var transport = new FakeDatagramTransport(channel, new FakeOptions { MaxMessageBytes = 64 });
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync((context, token) => context.Payload.Span switch
        {
            [0, ..] => throw new InvalidDataException("seen"),
            [1, ..] => new ValueTask(Task.FromException(new InvalidDataException("seen"))),
            [2, ..] => context.ReplyAsync(new byte[65], token),
            [3, ..] => default,
            _ => context.ReplyAsync("end", token),
        });

        for (var round = 0; round < 500; round++)
        {
            channel.ArriveTogether([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Junk(random))]);
            if (random.Next(10) == 0)
            {
                channel.Fail(new IOException("junk"));
                channel.Arrive(Alice, "\u0003");
            }
        }

        channel.ArriveTogether(new FakeDatagram(Bob, [2]), new FakeDatagram(Bob, [3]), new FakeDatagram(Bob, [4]));
        while ((await channel.NextBatchAsync())[0].Text != "end" || channel.HasSent)
        {
            // An empty message among the junk is answered too.
        }

        await listener.StopAsync();
        Assert.True(listener.Completion.IsCompletedSuccessfully);

        static FakeDatagram Junk(Random random)
        {
            var payload = new byte[random.Next(0, 70)];
            random.NextBytes(payload);
            if (payload.Length > 0)
            {
                payload[0] &= 3;
            }

            var address = new byte[random.Next(2) == 0 ? 4 : 16];
            random.NextBytes(address);
            var peer = new IPEndPoint(new IPAddress(address), random.Next(0, 3));
            return new FakeDatagram(peer, payload, random.Next(8) == 0);
        }
    }
}

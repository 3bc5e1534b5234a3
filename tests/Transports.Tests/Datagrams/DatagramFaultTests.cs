using System.Net.Sockets;
using Transports.Testing;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

public class DatagramFaultTests
{
    [Theory]
    [InlineData("at once")]
    [InlineData("as a task")]
    [InlineData("later")]
    [InlineData("after bytes")]
    [InlineData("after a reply")]
    public async Task Handle_Faults_GetsNoReplyAndOneLine(string how)
    {
        var channel = new FakeChannel();
        var logs = new LogCollector();
        var transport = new FakeDatagramTransport(channel, loggerFactory: logs);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync((context, token) =>
            context.Text() == "bad" ? Fault(context, how) : context.ReplyAsync(context.Text(), token));

        channel.ArriveTogether(new(Alice, "good"), new(Bob, "bad"), new(Carol, "good"));
        var sent = await channel.NextBatchAsync();
        channel.Arrive(Bob, "still there");

        Assert.Equal([Alice, Carol], sent.Select(datagram => datagram.Peer));
        Assert.Equal("still there", (await channel.NextSentAsync()).Text);
        await listener.StopAsync();
        Assert.Equal(1, metrics.Dropped("handler_faulted"));
        var line = Assert.Single(logs.Named("HandlerFaulted"));
        Assert.Equal("broken", line.Exception?.Message);
        Assert.Contains(Bob.ToString(), line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_IsCancelled_CountsAsFaultedAndSaysWhatItThrew()
    {
        var cancelled = new OperationCanceledException("too slow");
        var channel = new FakeChannel();
        var logs = new LogCollector();
        var transport = new FakeDatagramTransport(channel, loggerFactory: logs);
        await using var listener = await transport.ListenAsync(
            async (context, token) =>
                await context.ReplyAsync(context.Text() == "bad" ? throw cancelled : context.Text(), token));

        channel.ArriveTogether(new(Alice, "bad"), new(Bob, "good"));

        Assert.Equal("good", (await channel.NextSentAsync()).Text);
        await listener.StopAsync();
        Assert.Same(cancelled, Assert.Single(logs.Named("HandlerFaulted")).Exception);
    }

    [Fact]
    public async Task Handle_EndsElsewhereJustAfterTheLoopHasLooked_IsNoFault()
    {
        var channel = new FakeChannel();
        var logs = new LogCollector();
        var transport = new FakeDatagramTransport(channel, loggerFactory: logs);
        await using var listener = await transport.ListenAsync((context, token) =>
        {
            Assert.True(context.ReplyAsync(context.Text(), token).AsTask().IsCompletedSuccessfully);
            return new ValueTask(new EndsWhenLookedAt(), token: 0);
        });

        channel.Arrive(Alice, "a");
        var first = await channel.NextSentAsync();
        channel.Arrive(Bob, "b");
        var second = await channel.NextSentAsync();

        Assert.Equal(["a", "b"], [first.Text, second.Text]);
        await listener.StopAsync();
        Assert.Empty(logs.Named("HandlerFaulted"));
    }

    [Fact]
    public async Task Receive_FailsAgainAndAgain_SlowsDownAndGoesOn()
    {
        var channel = new FakeChannel();
        var logs = new LogCollector();
        var time = new VirtualTimeProvider();
        var transport = new FakeDatagramTransport(channel, null, logs, time);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Upper);

        for (var index = 0; index < 22; index++)
        {
            channel.Fail(new SocketException((int)SocketError.NoBufferSpaceAvailable));
        }

        channel.Arrive(Alice, "a");
        var delays = new List<double>();
        while (!channel.HasSent)
        {
            await Task.WhenAny(time.WhenTimerAsync(), channel.WhenSentAsync()).Soon();
            if (time.NextTimerDueIn is { } due)
            {
                delays.Add(due.TotalMilliseconds);
                time.Advance(due);
            }
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024, 1024], delays);
        Assert.Equal("A", (await channel.NextSentAsync()).Text);
        Assert.Equal(22, metrics["transports.receive.errors NoBufferSpaceAvailable"]);
        Assert.Single(logs.Named("ReceiveFailed"));
    }

    [Theory]
    [InlineData(SocketError.ConnectionReset)]
    [InlineData(SocketError.NetworkReset)]
    [InlineData(SocketError.ConnectionRefused)]
    public async Task Receive_IcmpMessages_AreCountedAndNeverSlowItDown(SocketError error)
    {
        var channel = new FakeChannel();
        var logs = new LogCollector();
        var transport = new FakeDatagramTransport(channel, null, logs, new VirtualTimeProvider());
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var listener = await transport.ListenAsync(Handlers.Upper);

        for (var index = 0; index < 100; index++)
        {
            channel.Fail(new SocketException((int)error));
        }

        channel.Arrive(Alice, "a");

        Assert.Equal("A", (await channel.NextSentAsync()).Text);
        Assert.Equal(100, metrics[$"transports.receive.errors {error}"]);
        Assert.Empty(logs.Named("ReceiveFailed"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receive_ChannelIsGone_ShowsInCompletion(bool blocks)
    {
        var channel = new FakeChannel { Blocks = blocks };
        var logs = new LogCollector();
        IConnection? peer = null;
        var transport = new FakeDatagramTransport(channel, loggerFactory: logs);
        var listener = await transport.ListenAsync((context, token) =>
        {
            peer = context.Connection;
            return context.ReplyAsync("ok", token);
        });
        channel.Arrive(Alice, "x");
        await channel.NextSentAsync();

        await channel.DisposeAsync();

        Assert.Equal(CloseReason.TransportFailed, await peer!.Completion.Soon());
        var fault = await Assert.ThrowsAsync<TransportException>(() => listener.Completion.Soon());
        Assert.IsType<ObjectDisposedException>(fault.InnerException);
        Assert.Single(logs.Named("ListenerDied"));
        await listener.DisposeAsync().Soon();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Logger_Throws_NothingElseEnds(bool blocks)
    {
        using var logs = new FaultyLogger();
        var channel = new FakeChannel { Blocks = blocks };
        channel.OnSend = batch => batch.Span[0].Length == 1
            ? throw new SocketException((int)SocketError.NetworkUnreachable)
            : new ValueTask<int>(batch.Length);
        var transport = new FakeDatagramTransport(channel, new FakeOptions { MaxReplyFactor = 0 }, logs);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        var listener = await transport.ListenAsync((context, token) => context.Text() switch
        {
            "at once" or "later" => Fault(context, context.Text()),
            "many" => RepeatAsync(context, ReplyBatch.Capacity + 1),
            _ => context.ReplyAsync(context.Text(), token),
        });

        channel.Fail(new SocketException((int)SocketError.NoBufferSpaceAvailable));
        foreach (var text in new[] { "at once", "later", "many", "x" })
        {
            channel.Arrive(Alice, text);
            channel.Arrive(Bob, "still there");
            Assert.Equal("still there", (await channel.NextSentAsync()).Text);
        }

        await listener.StopAsync().Soon();
        Assert.True(listener.Completion.IsCompletedSuccessfully);
        Assert.Equal(2, metrics.Dropped("handler_faulted"));
        Assert.Equal(ReplyBatch.Capacity + 2, metrics.Dropped("send_failed"));
        Assert.Equal(
            ["DatagramDropped", "HandlerFaulted", "HandlerFaulted", "Listening", "ReceiveFailed", "Stopped"],
            logs.Names.Order());
    }

    private static async ValueTask RepeatAsync(MessageContext context, int times)
    {
        for (var time = 0; time < times; time++)
        {
            await context.ReplyAsync("x");
        }
    }

    private static ValueTask Fault(MessageContext context, string how) =>
        how == "at once" ? throw new InvalidOperationException("broken") : FaultAsync(context, how);

    private static async ValueTask FaultAsync(MessageContext context, string how)
    {
        switch (how)
        {
            case "later":
                await Task.Yield();
                break;
            case "after bytes":
                context.Reply.GetSpan(3)[..3].Fill(1);
                context.Reply.Advance(3);
                break;
            case "after a reply":
                await context.ReplyAsync("half an answer");
                break;
            case "as a task":
                await Task.FromException(new InvalidOperationException("broken"));
                break;
        }

        throw new InvalidOperationException("broken");
    }
}

using System.Globalization;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

/// <summary>A handler that blocks the receive loop's thread: the others' messages are another thread's then.</summary>
public class DatagramStuckTests
{
    /// <summary>Whether the channel takes pinned replies, and whether it lends what it receives.</summary>
    public static TheoryData<bool, bool> Kinds => new() { { false, false }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Batch_WithOneThatBlocks_HoldsUpNeitherThoseBeforeNorThoseBehind(bool pins, bool lends)
    {
        var channel = new FakeChannel { Blocks = true, Pins = pins, Lends = lends };
        using var handler = new StuckHandler();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(handler);

        channel.ArriveTogether(new(Alice, "before"), new(Bob, "block"), new(Carol, "behind"), new(Alice, "last"));
        channel.Arrive(Alice, "next batch");

        Assert.Equal(
            [$"{Alice} before", $"{Alice} last", $"{Alice} next batch", $"{Carol} behind"],
            (await channel.NextSentAsync(4)).Select(datagram => datagram.ToString()).Order(StringComparer.Ordinal));
        handler.LetGo();
        Assert.Equal($"{Bob} block", (await channel.NextSentAsync()).ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Reply_BegunBeforeItsHandlerBlocked_LeavesAsItWasWritten(bool pins, bool lends)
    {
        var channel = new FakeChannel { Blocks = true, Pins = pins, Lends = lends };
        using var handler = new StuckHandler
        {
            First = context =>
            {
                "written "u8.CopyTo(context.Reply.GetSpan(8));
                context.Reply.Advance(8);
            },
            Then = (context, token) =>
            {
                "later"u8.CopyTo(context.Reply.GetSpan(5));
                context.Reply.Advance(5);
                return context.Reply.SendAsync(token);
            },
        };
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(handler);
        channel.ArriveTogether(new(Alice, "block"), new(Bob, "0123456789abcdefghij"));
        Assert.Equal($"{Bob} 0123456789abcdefghij", (await channel.NextSentAsync()).ToString());
        for (var number = 0; number < 20; number++)
        {
            channel.ArriveTogether(new(Carol, "0123456789abcdefghij"), new(Bob, "0123456789abcdefghij"));
            await channel.NextSentAsync(2);
        }

        handler.LetGo();

        Assert.Equal($"{Alice} written later", (await channel.NextSentAsync()).ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Replies_MoreThanLeaveTogether_AreNeitherLostNorDoubled(bool pins, bool lends)
    {
        const int Replies = 300;
        var channel = new FakeChannel { Blocks = true, Pins = pins, Lends = lends };
        using var handler = new StuckHandler
        {
            First = context => ReplyMany(context, 0, Replies),
            Then = (context, _) =>
            {
                ReplyMany(context, Replies, 2 * Replies);
                return default;
            },
        };
        await using var listener = await new FakeDatagramTransport(
            channel, new FakeOptions { MaxReplyFactor = 0 }).ListenAsync(handler);
        channel.ArriveTogether(new(Bob, "before"), new(Alice, "block"), new(Bob, "behind"));
        await handler.WhenStuckAsync();
        var sent = new List<FakeDatagram>();
        while (sent.Count(datagram => datagram.Peer.Equals(Bob)) < 2)
        {
            sent.AddRange(await channel.NextBatchAsync());
        }

        handler.LetGo();
        while (sent.Count < (2 * Replies) + 2)
        {
            sent.AddRange(await channel.NextBatchAsync());
        }

        Assert.Equal(
            Enumerable.Range(0, 2 * Replies).Select(number => $"{number}"),
            sent.Where(datagram => datagram.Peer.Equals(Alice)).Select(datagram => datagram.Text));
        Assert.Equal(
            ["before", "behind"],
            sent.Where(datagram => datagram.Peer.Equals(Bob)).Select(datagram => datagram.Text).Order());
    }

    [Fact]
    public async Task Replies_WhoseSendHasToWait_LeaveOnce()
    {
        const int Replies = ReplyBatch.Capacity + 72;
        using var room = new SemaphoreSlim(0);
        using var waiting = new SemaphoreSlim(0);
        var channel = new FakeChannel { Blocks = true };
        channel.OnSend = async batch =>
        {
            if (batch.Length == ReplyBatch.Capacity)
            {
                waiting.Release();
                await room.WaitAsync();
            }

            return batch.Length;
        };
        using var handler = new StuckHandler
        {
            Then = async (context, token) =>
            {
                for (var number = 0; number < Replies; number++)
                {
                    await context.ReplyAsync(number.ToString(CultureInfo.InvariantCulture), token);
                }
            },
        };
        await using var listener = await new FakeDatagramTransport(
            channel, new FakeOptions { MaxReplyFactor = 0 }).ListenAsync(handler);
        channel.ArriveTogether(new(Alice, "block"), new(Bob, "b"));
        Assert.Equal($"{Bob} b", (await channel.NextSentAsync()).ToString());

        handler.LetGo();
        await waiting.WaitAsync().Soon();
        for (var number = 0; number < 500; number++)
        {
            // Nothing tells that the handler has returned to its thread; this is time enough for it.
            channel.Arrive(Bob, "meanwhile");
            Assert.Equal($"{Bob} meanwhile", (await channel.NextSentAsync()).ToString());
        }

        room.Release(2);
        var sent = new List<string>();
        while (!sent.Contains($"{Replies - 1}"))
        {
            sent.AddRange((await channel.NextBatchAsync()).Select(datagram => datagram.Text));
        }

        Assert.Equal(Enumerable.Range(0, Replies).Select(number => $"{number}"), sent);
        await listener.StopAsync().Soon();
        Assert.False(channel.HasSent);
        Assert.Equal(0, waiting.CurrentCount);
    }

    [Fact]
    public async Task Handler_BlocksAndThrows_GetsNoReplyAndIsCounted()
    {
        var channel = new FakeChannel { Blocks = true, Pins = true };
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        using var handler = new StuckHandler
        {
            First = context => context.ReplyAsync("taken back"u8).AsTask().GetAwaiter().GetResult(),
            Then = (_, _) => throw new InvalidOperationException("after all"),
        };
        var listener = await transport.ListenAsync(handler);
        channel.ArriveTogether(new(Alice, "block"), new(Bob, "b"));
        Assert.Equal($"{Bob} b", (await channel.NextSentAsync()).ToString());

        handler.LetGo();
        await listener.StopAsync().Soon();

        Assert.False(channel.HasSent);
        Assert.Equal(1, metrics.Dropped("handler_faulted"));
        Assert.Equal(2, metrics["transports.messages.received"]);
        Assert.Equal(1, metrics["transports.messages.sent"]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Handler_BlocksAndThenWaits_RepliesWhenItIsDone(bool pins, bool lends)
    {
        var channel = new FakeChannel { Blocks = true, Pins = pins, Lends = lends };
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var handler = new StuckHandler
        {
            Then = async (context, token) =>
            {
                await context.ReplyAsync("first", token);
                await done.Task;
                await context.ReplyAsync("second", token);
            },
        };
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(handler);
        channel.ArriveTogether(new(Alice, "block"), new(Bob, "b"));
        Assert.Equal($"{Bob} b", (await channel.NextSentAsync()).ToString());

        handler.LetGo();
        Assert.Equal($"{Alice} first", (await channel.NextSentAsync()).ToString());
        done.SetResult();
        Assert.Equal($"{Alice} second", (await channel.NextSentAsync()).ToString());
    }

    [Fact]
    public async Task Handlers_AsManyAsMayRun_AreNeverMore()
    {
        const int Most = 3;
        var channel = new FakeChannel { Blocks = true, Batch = 16 };
        var transport = new FakeDatagramTransport(channel, new FakeOptions { MaxConcurrentMessages = Most });
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        using var handler = new StuckHandler();
        await using var listener = await transport.ListenAsync(handler);

        channel.ArriveTogether(
            [.. Enumerable.Range(0, 10).Select(number => new FakeDatagram(Alice, $"block {number}"))]);
        for (var number = 0; number < Most; number++)
        {
            await handler.WhenStuckAsync();
        }

        handler.LetGo();
        var sent = new List<string>();
        while (sent.Count < 10)
        {
            sent.AddRange((await channel.NextBatchAsync()).Select(datagram => datagram.Text));
        }

        // The last one that may run keeps the lead: the others wait, as there is nothing to be gained by dropping them.
        Assert.Equal(Enumerable.Range(0, 10).Select(number => $"block {number}"), sent.Order());
        Assert.Equal(Most, handler.MostRunning);
        Assert.Equal(0, metrics.Dropped("overloaded"));
    }

    [Fact]
    public async Task Stop_WhileOneBlocks_WaitsForItAndLetsItsReplyLeave()
    {
        var channel = new FakeChannel { Blocks = true };
        using var handler = new StuckHandler();
        var listener = await new FakeDatagramTransport(channel).ListenAsync(handler);
        channel.ArriveTogether(new(Alice, "block"), new(Bob, "b"));
        await channel.NextSentAsync();
        var stopping = listener.StopAsync().AsTask();
        Assert.False(stopping.IsCompleted);

        handler.LetGo();
        await stopping.Soon();

        Assert.Equal($"{Alice} block", (await channel.NextSentAsync()).ToString());
        Assert.Equal(1, channel.Disposals);
    }

    [Fact]
    public async Task Stop_AtTheDeadline_WaitsForNoneThatBlocks()
    {
        var channel = new FakeChannel { Blocks = true };
        using var handler = new StuckHandler();
        var listener = await new FakeDatagramTransport(channel).ListenAsync(handler);
        channel.ArriveTogether(new(Alice, "block"), new(Bob, "b"));
        await channel.NextSentAsync();

        await listener.StopAsync(new CancellationToken(true)).Soon();

        Assert.True(listener.Completion.IsCompletedSuccessfully);
        Assert.False(channel.HasSent);
    }

    [Fact]
    public async Task Batch_WhoseListenerWasStoppedAtTheDeadline_IsHandledNoFurther()
    {
        // With no more than one at work the blocked thread keeps the lead, and comes back to the rest of its batch.
        var channel = new FakeChannel { Blocks = true };
        var transport = new FakeDatagramTransport(channel, new FakeOptions { MaxConcurrentMessages = 1 });
        using var drops = new DropSignal(transport.Capabilities.Scheme, "stopping");
        using var handler = new StuckHandler();
        var listener = await transport.ListenAsync(handler);
        channel.ArriveTogether(new(Alice, "block"), new(Bob, "block too"));
        await handler.WhenStuckAsync();
        await listener.StopAsync(new CancellationToken(true)).Soon();

        handler.LetGo();

        await drops.WhenDropped;
    }

    private static void ReplyMany(MessageContext context, int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            context.ReplyAsync(number.ToString(CultureInfo.InvariantCulture)).AsTask().GetAwaiter().GetResult();
        }
    }
}

using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

public class DatagramHandlingTests
{
    private static readonly FakeOptions AnyReply = new() { MaxReplyFactor = 0 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handle_Message_RepliesToItsSender(bool blocks)
    {
        var channel = new FakeChannel { Blocks = blocks };
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(Handlers.Upper);

        channel.Arrive(Alice, "hello");

        Assert.Equal($"{Alice} HELLO", (await channel.NextSentAsync()).ToString());
    }

    [Fact]
    public async Task Handle_Batch_SendsItsRepliesTogether()
    {
        var channel = new FakeChannel();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(Handlers.Upper);

        channel.ArriveTogether(new(Alice, "a"), new(Bob, "b"), new(Alice, "c"));

        Assert.Equal(
            [$"{Alice} A", $"{Bob} B", $"{Alice} C"],
            (await channel.NextBatchAsync()).Select(datagram => datagram.ToString()));
    }

    [Fact]
    public async Task Handle_EmptyMessage_MayGetAnEmptyReply()
    {
        var channel = new FakeChannel();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(Handlers.Echo);

        channel.Arrive(Alice, "");

        Assert.Empty((await channel.NextSentAsync()).Payload);
    }

    [Fact]
    public async Task Handle_NothingSent_IsNoReply()
    {
        var channel = new FakeChannel();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync((context, token) =>
        {
            context.Reply.GetSpan(5)[..5].Fill(1);
            context.Reply.Advance(5);
            return context.Payload.Length == 0 ? default : context.Reply.SendAsync(token);
        });

        channel.ArriveTogether(new(Alice, ""), new(Bob, "x"));

        var reply = Assert.Single(await channel.NextBatchAsync());
        Assert.Equal(Bob, reply.Peer);
        Assert.Equal(5, reply.Payload.Length);
    }

    [Fact]
    public async Task Handle_ManyReplies_AllLeaveInOrder()
    {
        var channel = new FakeChannel();
        const int Replies = 200;
        var transport = new FakeDatagramTransport(channel, AnyReply);
        await using var listener = await transport.ListenAsync(async (context, token) =>
        {
            for (var index = 0; index < Replies; index++)
            {
                await context.ReplyAsync($"{index}", token);
            }
        });

        channel.Arrive(Alice, "go");

        var received = new List<string>();
        while (received.Count < Replies)
        {
            received.AddRange((await channel.NextBatchAsync()).Select(datagram => datagram.Text));
        }

        Assert.Equal(Enumerable.Range(0, Replies).Select(index => $"{index}"), received);
    }

    [Fact]
    public async Task Handle_RepliesWhileTheChannelWaits_LoseNothing()
    {
        var channel = new FakeChannel();
        var room = new TaskCompletionSource();
        channel.OnSend = async batch =>
        {
            await room.Task;
            return batch.Length;
        };
        await using var listener = await new FakeDatagramTransport(channel, AnyReply).ListenAsync((context, token) =>
        {
            var last = default(ValueTask);
            for (var index = 0; index < 100; index++)
            {
                last = context.ReplyAsync($"{index}", token);
            }

            return last;
        });

        channel.ArriveTogether(new(Alice, "one"), new(Bob, "two"));
        room.SetResult();

        var received = 0;
        while (received < 200)
        {
            received += (await channel.NextBatchAsync()).Length;
        }
    }

    [Fact]
    public async Task Handle_ReplyOverTheLimit_SaysBothAndSendsNothingOfIt()
    {
        var channel = new FakeChannel();
        var fault = new TaskCompletionSource<MessageTooLongException>();
        var transport = new FakeDatagramTransport(channel, new FakeOptions { MaxMessageBytes = 100 });
        await using var listener = await transport.ListenAsync(async (context, token) =>
        {
            try
            {
                await context.ReplyAsync(new byte[5000], token);
            }
            catch (MessageTooLongException exception)
            {
                fault.SetResult(exception);
                await context.ReplyAsync("sorry", token);
            }
        });

        channel.Arrive(Alice, "x");

        var thrown = await fault.Task.Soon();
        Assert.Equal((5000, 100), (thrown.Length, thrown.Limit));
        Assert.Equal("sorry", (await channel.NextSentAsync()).Text);
    }

    [Fact]
    public async Task Handle_ReplyThatNeverEnds_IsStopped()
    {
        var channel = new FakeChannel();
        var options = new FakeOptions { MaxMessageBytes = 100 };
        var fault = new TaskCompletionSource<Exception>();
        await using var listener = await new FakeDatagramTransport(channel, options).ListenAsync((context, _) =>
        {
            try
            {
                while (true)
                {
                    context.Reply.Advance(context.Reply.GetMemory().Length);
                }
            }
            catch (MessageTooLongException exception)
            {
                fault.SetResult(exception);
                return default;
            }
        });

        channel.Arrive(Alice, "x");

        await fault.Task.Soon();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(65_507)]
    public async Task Handle_ReplyOfAnyLength_LeavesAsItWasWritten(int length)
    {
        var channel = new FakeChannel();
        await using var listener = await new FakeDatagramTransport(channel, AnyReply).ListenAsync((context, token) =>
        {
            for (var index = 0; index < length; index++)
            {
                context.Reply.GetSpan()[0] = (byte)index;
                context.Reply.Advance(1);
            }

            return context.Reply.SendAsync(token);
        });

        channel.Arrive(Alice, "x");

        Assert.Equal(
            Enumerable.Range(0, length).Select(index => (byte)index), (await channel.NextSentAsync()).Payload);
    }

    [Fact]
    public async Task Handle_AsynchronousHandlers_HoldUpNobody()
    {
        var channel = new FakeChannel();
        var slow = new TaskCompletionSource();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(async (context, token) =>
        {
            if (!context.RemoteEndPoint.Equals(Carol))
            {
                await slow.Task;
            }

            await context.ReplyAsync(context.Text(), token);
        });

        channel.ArriveTogether(new(Alice, "a"), new(Bob, "b"));
        channel.Arrive(Carol, "c");
        Assert.Equal($"{Carol} c", (await channel.NextSentAsync()).ToString());

        slow.SetResult();
        var late = new[] { await channel.NextSentAsync(), await channel.NextSentAsync() };
        Assert.Equal([$"{Alice} a", $"{Bob} b"], late.Select(datagram => datagram.ToString()).Order());
    }

    [Fact]
    public async Task Handle_AsynchronousHandlers_KeepTheirPayload()
    {
        var channel = new FakeChannel();
        const int Messages = 500;
        var gate = new TaskCompletionSource();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(async (context, token) =>
        {
            await gate.Task;
            await context.ReplyAsync(context.Payload.Span, token);
        });

        for (var index = 0; index < Messages; index++)
        {
            channel.Arrive(Alice, $"message {index}");
        }

        gate.SetResult();
        var received = new HashSet<string>();
        for (var index = 0; index < Messages; index++)
        {
            received.Add((await channel.NextSentAsync()).Text);
        }

        Assert.Equal(Enumerable.Range(0, Messages).Select(index => $"message {index}").ToHashSet(), received);
    }

    [Fact]
    public async Task Send_OnlySomeOfABatch_ComesAgainWithTheOthers()
    {
        var channel = new FakeChannel();
        channel.OnSend = batch => new ValueTask<int>(1);
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(Handlers.Upper);

        channel.ArriveTogether(new(Alice, "a"), new(Bob, "b"));

        Assert.Equal($"{Alice} A", (await channel.NextSentAsync()).ToString());
        Assert.Equal($"{Bob} B", (await channel.NextSentAsync()).ToString());
    }
}

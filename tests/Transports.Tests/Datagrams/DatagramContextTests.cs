using System.Diagnostics;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

public class DatagramContextTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Use_AfterTheHandlerEnded_Throws(bool isAsync)
    {
        var channel = new FakeChannel();
        MessageContext? kept = null;
        MessageWriter? reply = null;
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(async (context, token) =>
        {
            (kept, reply) = (context, context.Reply);
            if (isAsync)
            {
                await Task.Yield();
            }

            await context.ReplyAsync("done", token);
        });

        channel.Arrive(Alice, "x");
        await channel.NextSentAsync();
        await listener.StopAsync();

        Assert.Throws<ObjectDisposedException>(() => kept!.Payload);
        Assert.Throws<ObjectDisposedException>(() => kept!.RemoteEndPoint);
        Assert.Throws<ObjectDisposedException>(() => kept!.LocalEndPoint);
        Assert.Throws<ObjectDisposedException>(() => kept!.Connection);
        Assert.Throws<ObjectDisposedException>(() => kept!.Reply);
        Assert.Throws<ObjectDisposedException>(() => reply!.GetMemory());
        Assert.Throws<ObjectDisposedException>(() => reply!.GetSpan());
        Assert.Throws<ObjectDisposedException>(() => reply!.Advance(0));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reply!.SendAsync());
    }

    [Fact]
    public async Task EndPoints_InTheHandler_AreThePeersAndOurs()
    {
        var channel = new FakeChannel();
        var seen = new TaskCompletionSource<string>();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync((context, _) =>
        {
            Assert.Same(context.RemoteEndPoint, context.RemoteEndPoint);
            Assert.Same(context.Connection, context.Connection);
            seen.SetResult($"{context.LocalEndPoint} {context.RemoteEndPoint} {context.Connection.RemoteEndPoint} "
                + context.Connection.LocalEndPoint);
            return default;
        });

        channel.Arrive(Alice, "x");

        Assert.Equal(
            $"{channel.LocalEndPoint} {Alice} {Alice} {channel.LocalEndPoint}", await seen.Task.Soon());
        Assert.Equal(channel.LocalEndPoint, listener.LocalEndPoint);
    }

    [Fact]
    public async Task Connection_AfterTheHandlerEnded_StillReachesThePeer()
    {
        var channel = new FakeChannel();
        var seen = new TaskCompletionSource<IConnection>();
        var listener = await new FakeDatagramTransport(channel, new FakeOptions { MaxMessageBytes = 10 }).ListenAsync(
            (context, _) =>
            {
                seen.TrySetResult(context.Connection);
                return default;
            });
        channel.Arrive(Alice, "x");
        var peer = await seen.Task.Soon();
        channel.Arrive(Bob, "y");

        await peer.SendAsync("news");
        Assert.Equal($"{Alice} news", (await channel.NextSentAsync()).ToString());
        Assert.EndsWith($"/{Alice}", peer.Id, StringComparison.Ordinal);
        await peer.SendAsync(new byte[11]).Throws<MessageTooLongException>();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await peer.ReceiveAsync());
        Assert.Throws<InvalidOperationException>(() => { _ = peer.ReceiveAllAsync(); });
        await peer.SendAsync("cancelled", new CancellationToken(true)).Throws<OperationCanceledException>();
        Assert.False(peer.Completion.IsCompleted);

        await listener.StopAsync();
        Assert.Equal(CloseReason.ShuttingDown, await peer.Completion.Soon());
        var closed = await peer.SendAsync("late").Throws<ConnectionClosedException>();
        Assert.Equal(CloseReason.ShuttingDown, closed.Reason);
    }

    [Fact]
    public async Task Connection_Disposed_EndsAloneAndOnlyForItsHolder()
    {
        var channel = new FakeChannel();
        var seen = new Queue<IConnection>();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync((context, token) =>
        {
            seen.Enqueue(context.Connection);
            return context.ReplyAsync("ok", token);
        });
        channel.ArriveTogether(new(Alice, "1"), new(Alice, "2"));
        await channel.NextBatchAsync();
        var (first, second) = (seen.Dequeue(), seen.Dequeue());

        first.Abort();
        await first.DisposeAsync();
        await second.DisposeAsync();
        channel.Arrive(Alice, "3");

        Assert.Equal(CloseReason.Aborted, await first.Completion.Soon());
        Assert.Equal(CloseReason.LocalClosed, await second.Completion.Soon());
        await second.SendAsync("x").Throws<ConnectionClosedException>();
        Assert.Equal("ok", (await channel.NextSentAsync()).Text);
    }

    [Fact]
    public async Task Advance_MoreThanThereIsRoomFor_Throws()
    {
        var channel = new FakeChannel();
        var seen = new TaskCompletionSource<Exception>();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync((context, _) =>
        {
            var writer = context.Reply;
            Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(1));
            var room = writer.GetMemory().Length;
            Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
            Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetMemory(-1));
            seen.SetResult(Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(room + 1)));
            return default;
        });

        channel.Arrive(Alice, "x");

        await seen.Task.Soon();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handle_WhileTraced_HasASpanOfItsOwn(bool isAsync)
    {
        var channel = new FakeChannel();
        var transport = new FakeDatagramTransport(channel);
        var spans = new TaskCompletionSource<Activity>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Transports",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("transport"), transport.Capabilities.Scheme))
                {
                    spans.TrySetResult(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(activities);
        using var unrelated = new Activity("caller").Start();
        var current = new TaskCompletionSource<Activity?>();
        await using var listener = await transport.ListenAsync(async (_, _) =>
        {
            if (isAsync)
            {
                await Task.Yield();
            }

            current.TrySetResult(Activity.Current);
            throw new InvalidOperationException("broken");
        });

        channel.Arrive(Alice, "four");

        var span = await spans.Task.Soon();
        Assert.Same(span, await current.Task.Soon());
        Assert.Null(span.Parent);
        Assert.Equal(4, span.GetTagItem("message.bytes"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }
}

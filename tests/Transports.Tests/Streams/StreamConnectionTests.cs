using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Transports.Framing;
using Transports.Testing;

namespace Transports.Tests.Streams;

public class StreamConnectionTests
{
    private static readonly IMessageHandler Echo =
        MessageHandler.Create((context, token) => context.ReplyAsync(context.Payload.Span, token));

    [Fact]
    public async Task Batch_OfManyMessages_IsAnsweredInOneSend()
    {
        var transport = new ScriptedTransport();
        await using var listener = await transport.ListenAsync(Echo);
        var peer = transport.Arrive();

        peer.Feed("a\nb\nc\n"u8);
        peer.FeedEnd();
        await peer.Disposed.Task.WaitAsync(ScriptedTransport.Patience);

        Assert.Equal("a\nb\nc\n", Encoding.ASCII.GetString(Assert.Single(peer.Sends)));
    }

    [Fact]
    public async Task Sends_WhileOneIsInFlight_LeaveTogetherInTheNext()
    {
        var transport = new ScriptedTransport();
        await using var connection = await transport.ConnectAsync();
        var peer = transport.Next;
        var stall = peer.StallSends();

        foreach (var text in (string[])["a", "b", "c", "d"])
        {
            await connection.SendAsync(text);
        }

        stall.SetResult();
        peer.FeedEnd();
        await connection.Completion.WaitAsync(ScriptedTransport.Patience);
        Assert.Equal(["a\n", "b\nc\nd\n"], peer.Sends.Select(Encoding.ASCII.GetString));
    }

    [Fact]
    public async Task SendAsync_AboveTheHighWaterMark_WaitsAndCancellingItSendsNothing()
    {
        var transport = new ScriptedTransport(new ScriptedOptions { OutputHighWaterBytes = 4 });
        await using var connection = await transport.ConnectAsync();
        var peer = transport.Next;
        var stall = peer.StallSends();
        await connection.SendAsync("12345");
        using var cancellation = new CancellationTokenSource();

        var cancelled = connection.SendAsync("never", cancellation.Token);
        var waiting = connection.SendAsync("later");
        Assert.False(cancelled.IsCompleted);
        Assert.False(waiting.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.AsTask());
        stall.SetResult();
        await waiting.AsTask().WaitAsync(ScriptedTransport.Patience);

        peer.FeedEnd();
        await connection.Completion.WaitAsync(ScriptedTransport.Patience);
        Assert.Equal("12345\nlater\n", Encoding.ASCII.GetString(peer.Sent));
    }

    [Fact]
    public async Task Abort_WhileASendIsInFlight_ReleasesTheStreamWhenThatHasEnded()
    {
        var transport = new ScriptedTransport();
        await using var connection = await transport.ConnectAsync();
        var peer = transport.Next;
        peer.AbortEndsSends = false;
        var stall = peer.StallSends();
        await connection.SendAsync("a");

        connection.Abort();
        await peer.Aborted.Task.WaitAsync(ScriptedTransport.Patience);
        for (var turn = 0; turn < 1_000; turn++)
        {
            await Task.Yield();
            Assert.False(peer.Disposed.Task.IsCompleted);
        }

        stall.SetException(new ConnectionClosedException(CloseReason.Aborted));
        await peer.Disposed.Task.WaitAsync(ScriptedTransport.Patience);
    }

    /// <summary>A callback on the handler's token is somebody else's code, run when a connection ends.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task End_ACallbackOnTheHandlersTokenThrows_ReleasesTheStreamAllTheSame(bool isAborted)
    {
        IConnection? connection = null;
        var transport = new ScriptedTransport();
        await using var listener = await transport.ListenAsync(MessageHandler.Create((context, token) =>
        {
            connection = context.Connection;
            token.Register(() => throw new InvalidOperationException("the callback"));
            return context.ReplyAsync("ok"u8, token);
        }));
        var peer = transport.Arrive();
        peer.Feed("a\n"u8);
        await peer.WhenSendsAsync(1);

        if (isAborted)
        {
            connection!.Abort();
        }
        else
        {
            peer.FeedEnd();
        }

        await peer.Disposed.Task.WaitAsync(ScriptedTransport.Patience);
        await connection!.Completion.WaitAsync(ScriptedTransport.Patience);
    }

    [Fact]
    public async Task Send_ThatThePeerDoesNotTake_EndsAsSlowConsumerAfterTheSendTimeout()
    {
        var time = new VirtualTimeProvider();
        var transport = new ScriptedTransport(
            new ScriptedOptions { SendTimeout = TimeSpan.FromSeconds(30) }, timeProvider: time);
        await using var connection = await transport.ConnectAsync();
        _ = transport.Next.StallSends();
        await connection.SendAsync("a");

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(connection.Completion.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseReason.SlowConsumer, await connection.Completion.WaitAsync(ScriptedTransport.Patience));
        Assert.True(transport.Next.Aborted.Task.IsCompleted);
    }

    [Fact]
    public async Task StallTimer_ThatFiresABitEarly_IsSetAgain()
    {
        var time = new EarlyTimeProvider();
        var transport = new ScriptedTransport(
            new ScriptedOptions { SendTimeout = TimeSpan.FromSeconds(30) }, timeProvider: time);
        var connection = await transport.ConnectAsync();
        _ = transport.Next.StallSends();
        await connection.SendAsync("a");

        time.Lag = TimeSpan.FromMilliseconds(1);
        time.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.False(connection.Completion.IsCompleted);
        time.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CloseReason.SlowConsumer, await connection.Completion.WaitAsync(ScriptedTransport.Patience));
    }

    [Fact]
    public async Task IdleFor_OfAConnectionThatHasNotHadItsFirstTurn_IsZero()
    {
        var time = new VirtualTimeProvider();
        time.Advance(TimeSpan.FromHours(1));
        var environment = new StreamEnvironment(
            "scripted", new ScriptedOptions(), MessageFraming.Lines, NullLogger.Instance, time);

        var connection = new StreamConnection(new ScriptedByteStream(), environment, listener: null);

        Assert.Equal(TimeSpan.Zero, connection.IdleFor(time.GetTimestamp()));
        connection.Start();
        connection.Abort();
        await connection.Completion.WaitAsync(ScriptedTransport.Patience);
    }

    [Fact]
    public async Task Dispose_PeerThatStillSends_RentsNoBuffer()
    {
        var pool = new CountingBufferPool();
        var transport = new ScriptedTransport(new ScriptedOptions { BufferPool = pool });
        var connection = await transport.ConnectAsync();

        var closing = connection.DisposeAsync().AsTask();
        await transport.Next.Completed.Task.WaitAsync(ScriptedTransport.Patience);
        transport.Next.Feed("late\n"u8);
        transport.Next.FeedEnd();

        await closing.WaitAsync(ScriptedTransport.Patience);
        Assert.Equal(0, pool.Rented);
    }

    [Fact]
    public async Task StallTimer_AfterASendThatEnded_StartsAgainForTheNext()
    {
        var time = new VirtualTimeProvider();
        var transport = new ScriptedTransport(
            new ScriptedOptions { SendTimeout = TimeSpan.FromSeconds(30) }, timeProvider: time);
        await using var connection = await transport.ConnectAsync();
        var stall = transport.Next.StallSends();
        await connection.SendAsync("a");
        for (var sends = 1; sends <= 3; sends++)
        {
            await transport.Next.WhenSendsAsync(sends);
            time.Advance(TimeSpan.FromSeconds(29));
            await connection.SendAsync("a");
            var ended = stall;
            stall = transport.Next.StallSends();
            ended.SetResult();
        }

        await transport.Next.WhenSendsAsync(4);
        Assert.False(connection.Completion.IsCompleted);
        stall.SetResult();
        transport.Next.FeedEnd();
        Assert.Equal(CloseReason.RemoteClosed, await connection.Completion.WaitAsync(ScriptedTransport.Patience));
    }

    [Fact]
    public async Task Abort_WhileTheHandlerIgnoresItsToken_CompletesAllTheSame()
    {
        var started = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        var transport = new ScriptedTransport();
        await using var listener = await transport.ListenAsync(MessageHandler.Create(async (context, _) =>
        {
            started.SetResult(context.Connection);
            await never.Task;
        }));
        transport.Arrive().Feed("a\n"u8);
        var connection = await started.Task.WaitAsync(ScriptedTransport.Patience);

        connection.Abort();

        Assert.Equal(CloseReason.Aborted, await connection.Completion.WaitAsync(ScriptedTransport.Patience));
        never.SetResult();
    }

    [Fact]
    public async Task DisposeAsync_RightAfterAReplyInTheHandler_SendsTheReplyAndHandlesNothingMore()
    {
        var handled = 0;
        var transport = new ScriptedTransport();
        await using var listener = await transport.ListenAsync(MessageHandler.Create(async (context, token) =>
        {
            handled++;
            await context.ReplyAsync("bye", token);
            await context.Connection.DisposeAsync();
        }));
        var peer = transport.Arrive();

        peer.Feed("a\nb\n"u8);
        await peer.Completed.Task.WaitAsync(ScriptedTransport.Patience);
        peer.FeedEnd();
        await peer.Disposed.Task.WaitAsync(ScriptedTransport.Patience);

        Assert.Equal(1, handled);
        Assert.Equal("bye\n", Encoding.ASCII.GetString(peer.Sent));
    }

    [Fact]
    public async Task Close_WithAPeerThatDoesNotClose_LingersOnlyForTheLingerTimeout()
    {
        var time = new VirtualTimeProvider();
        var transport = new ScriptedTransport(
            new ScriptedOptions { LingerTimeout = TimeSpan.FromSeconds(1) }, timeProvider: time);
        var connection = await transport.ConnectAsync();

        var disposing = connection.DisposeAsync();
        await transport.Next.Completed.Task.WaitAsync(ScriptedTransport.Patience);
        transport.Next.Feed("too late\n"u8);
        await time.WhenTimerAsync();
        Assert.False(connection.Completion.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await disposing.AsTask().WaitAsync(ScriptedTransport.Patience);
        Assert.Equal(CloseReason.LocalClosed, await connection.Completion);
    }

    [Fact]
    public async Task Close_OfAPeerThatFloods_ReadsOnlySoMuchOfIt()
    {
        var time = new VirtualTimeProvider();
        var transport = new ScriptedTransport(timeProvider: time);
        var connection = await transport.ConnectAsync();

        var disposing = connection.DisposeAsync();
        await transport.Next.Completed.Task.WaitAsync(ScriptedTransport.Patience);
        for (var i = 0; i < 200; i++)
        {
            transport.Next.Feed(new byte[16 * 1024]);
        }

        await disposing.AsTask().WaitAsync(ScriptedTransport.Patience);
        Assert.Equal(CloseReason.LocalClosed, await connection.Completion);
    }

    [Fact]
    public async Task Connection_ThatIsIdle_HoldsNoBuffer()
    {
        var pool = new CountingBufferPool();
        var transport = new ScriptedTransport(new ScriptedOptions { BufferPool = pool });
        await using var listener = await transport.ListenAsync(Echo);
        var peer = transport.Arrive();

        for (var i = 0; i < 3; i++)
        {
            peer.Feed("ping\n"u8);
            await peer.WhenSendsAsync(i + 1);
        }

        await pool.WhenAllReturnedAsync();
        Assert.True(pool.Rented > 0);
        Assert.False(peer.Disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task Connection_ThatMayNotRead_HoldsNoBuffer()
    {
        var pool = new CountingBufferPool();
        var transport = new ScriptedTransport(new ScriptedOptions { BufferPool = pool });
        await using var listener = await transport.ListenAsync(Echo);
        var peer = transport.Arrive();
        peer.WaitsInItsReceive = true;
        peer.Feed("ping\n"u8);
        await peer.WhenSendsAsync(1);

        ((ISheddable)listener).Shed(ShedLevel.Reading, TimeSpan.Zero);
        peer.Feed("ping\n"u8);
        await peer.WhenSendsAsync(2);

        await pool.WhenAllReturnedAsync();
        ((ISheddable)listener).Shed(ShedLevel.None, TimeSpan.Zero);
        peer.FeedEnd();
        await peer.Disposed.Task.WaitAsync(ScriptedTransport.Patience);
    }

    [Fact]
    public async Task SendThatFails_WakesWhoWaitsForRoomBeforeAnyCallbackOfTheHandlers()
    {
        var transport = new ScriptedTransport(new ScriptedOptions { OutputHighWaterBytes = 4 });
        var accepted = new TaskCompletionSource<(IConnection, CancellationToken)>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = await transport.ListenAsync(MessageHandler.Create((context, token) =>
        {
            accepted.TrySetResult((context.Connection, token));
            return default;
        }));
        var peer = transport.Arrive();
        peer.Feed("hello\n"u8);
        var (connection, ended) = await accepted.Task.WaitAsync(ScriptedTransport.Patience);
        var stall = peer.StallSends();
        await connection.SendAsync("12345");
        var waiting = connection.SendAsync("later").AsTask();
        var wasWoken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = ended.Register(() => wasWoken.TrySetResult(
            ((IAsyncResult)waiting).AsyncWaitHandle.WaitOne(ScriptedTransport.Patience)));

        stall.SetException(new IOException("gone"));

        Assert.True(await wasWoken.Task);
        await Assert.ThrowsAsync<ConnectionClosedException>(() => waiting);
    }

    /// <summary>
    /// Whatever mixture of waiting and not waiting, of one, none or many replies: order is kept, nothing is lost.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Handler_ThatWaitsAtRandom_AnswersInOrder(int seed)
    {
        const int Messages = 2_000;
        var random = new Random(seed);
        var plan = Enumerable.Range(0, Messages)
            .Select(_ => (Action: random.Next(6), Replies: random.Next(3)))
            .ToArray();
        var pool = new CountingBufferPool();
        var transport = new ScriptedTransport(new ScriptedOptions { OutputHighWaterBytes = 256, BufferPool = pool });
        var next = 0;
        await using var listener = await transport.ListenAsync(MessageHandler.Create(async (context, token) =>
        {
            var number = int.Parse(Encoding.ASCII.GetString(context.Payload.Span));
            Assert.Equal(next++, number);
            var (action, replies) = plan[number];
            for (var i = 0; i < replies; i++)
            {
                var text = Encoding.ASCII.GetBytes($"{number}.{i}");
                var memory = context.Reply.GetMemory(text.Length);
                if (action == 1)
                {
                    await Task.Yield();
                }

                text.CopyTo(memory);
                context.Reply.Advance(text.Length);
                await context.Reply.SendAsync(token);
                if (action == 2)
                {
                    await Task.Yield();
                }
            }

            if (action == 3)
            {
                context.Reply.GetSpan(8).Fill(1);
                context.Reply.Advance(8);
            }
        }));
        var peer = transport.Arrive();
        var bytes = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Messages).Select(i => $"{i}\n")));
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, 200), bytes.Length - at);
            peer.Feed(bytes.AsSpan(at, count));
            at += count;
        }

        peer.FeedEnd();
        await peer.Disposed.Task.WaitAsync(ScriptedTransport.Patience);

        var expected = plan.SelectMany(
            (step, number) => Enumerable.Range(0, step.Replies).Select(i => $"{number}.{i}\n"));
        Assert.Equal(string.Concat(expected), Encoding.ASCII.GetString(peer.Sent));
        await pool.WhenAllReturnedAsync();
        Assert.True(pool.Rented > 0);
    }

    [Fact]
    public async Task ReceiveAsync_WhenTheQueueIsFull_StopsReadingAndLosesNothing()
    {
        var transport = new ScriptedTransport(
            new ScriptedOptions { ReceiveQueueBytes = 16 }, MessageFraming.LengthPrefixed(1));
        await using var connection = await transport.ConnectAsync();
        for (byte i = 0; i < 200; i++)
        {
            transport.Next.Feed([1, i]);
        }

        transport.Next.FeedEnd();
        for (byte i = 0; i < 200; i++)
        {
            var message = await connection.ReceiveAsync().AsTask().WaitAsync(ScriptedTransport.Patience);
            Assert.Equal(i, Assert.Single(message.ToArray()));
        }

        var end = await Assert.ThrowsAsync<ConnectionClosedException>(() => connection.ReceiveAsync().AsTask());
        Assert.Equal(CloseReason.RemoteClosed, end.Reason);
    }
}

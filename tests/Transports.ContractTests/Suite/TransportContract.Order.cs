using System.Collections.Concurrent;

namespace Transports.ContractTests;

/// <summary>Order: one message of a connection at a time, and nobody waits for a handler of somebody else.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task Send_ManyFromOneSender_ArriveInOrder()
    {
        var handled = new ConcurrentQueue<int>();
        var all = new TaskCompletionSource();
        var running = await StartAsync(MessageHandler.Create((context, _) =>
        {
            handled.Enqueue(BitConverter.ToInt32(context.Payload.Span));
            return Complete(all, handled.Count == Burst);
        }));

        for (var i = 0; i < Burst; i++)
        {
            await running.Client.SendAsync(BitConverter.GetBytes(i)).Soon();
        }

        await all.Task.Soon();
        Assert.Equal(Enumerable.Range(0, Burst), Capabilities.IsOrdered ? handled : handled.Order());
    }

    [Fact]
    public async Task Send_ManySendersAtOnce_NeverInterleave()
    {
        const int Senders = 8;
        var each = Burst / Senders;
        var handled = new ConcurrentQueue<byte[]>();
        var all = new TaskCompletionSource();
        var running = await StartAsync(MessageHandler.Create((context, _) =>
        {
            handled.Enqueue(context.Payload.ToArray());
            return Complete(all, handled.Count == Senders * each);
        }));

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                await running.Client.SendAsync(Stamped(sender, i)).Soon();
            }
        })));

        await all.Task.Soon();
        Assert.All(handled, message => Assert.Equal(Stamped(message[0], message[1]), message));
        foreach (var messages in handled.GroupBy(message => message[0]))
        {
            var numbers = messages.Select(message => (int)message[1]);
            Assert.Equal(Enumerable.Range(0, each), Capabilities.IsOrdered ? numbers : numbers.Order());
        }
    }

    [Fact]
    public async Task Send_BothSidesAtOnce_BothArrive()
    {
        var pushed = new TaskCompletionSource();
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            for (var i = 0; i < 3; i++)
            {
                await context.ReplyAsync(context.Payload.Span, cancellationToken);
            }
        }));

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Burst / 3; i++)
            {
                await running.Client.SendAsync(Pattern(50, i)).Soon();
            }

            pushed.SetResult();
        });
        var received = new List<byte[]>();
        for (var i = 0; i < Burst / 3 * 3; i++)
        {
            received.Add(await ReceiveAsync(running.Client));
        }

        await sending;
        await pushed.Task.Soon();
        Assert.Equal(
            Enumerable.Range(0, Burst / 3 * 3).Select(i => Convert.ToHexString(Pattern(50, i / 3))).Order(),
            received.Select(Convert.ToHexString).Order());
    }

    [Fact]
    public async Task Handle_FirstWaits_NextIsHandledAfterItOrAtOnceWhereThereIsNoOrder()
    {
        using var release = new SemaphoreSlim(0);
        var events = new ConcurrentQueue<string>();
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            var number = context.Payload.Span[0];
            events.Enqueue($"begin {number}");
            if (number == 1)
            {
                await release.WaitAsync(cancellationToken);
            }

            events.Enqueue($"end {number}");
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        await running.Client.SendAsync(new byte[] { 1 }).Soon();
        await Patience.UntilAsync(() => !events.IsEmpty, "the first message to be handled");
        await running.Client.SendAsync(new byte[] { 2 }).Soon();

        if (Capabilities.IsOrdered)
        {
            // Another connection's round trip gives the second message time to be handled too early.
            await SendAnotherAsync(running);
            release.Release();
            Assert.Equal([1], await ReceiveAsync(running.Client));
            Assert.Equal([2], await ReceiveAsync(running.Client));
            Assert.Equal(
                ["begin 1", "end 1", "begin 2", "end 2"], events.Where(line => !line.EndsWith('3')));
        }
        else
        {
            Assert.Equal([2], await ReceiveAsync(running.Client));
            release.Release();
            Assert.Equal([1], await ReceiveAsync(running.Client));
        }
    }

    [Fact]
    public async Task Handle_AsynchronousForVaryingTimes_RepliesComeInOrder()
    {
        var random = new Random(1);
        var waits = Enumerable.Range(0, 200).Select(_ => random.Next(4)).ToArray();
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            for (var i = 0; i < waits[context.Payload.Span[0]]; i++)
            {
                await Task.Yield();
            }

            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        var messages = Enumerable.Range(0, Math.Min(Burst, waits.Length)).Select(i => new[] { (byte)i }).ToArray();

        await peer.SendAsync(messages);

        await AssertReceivesAsync(peer, messages);
    }

    [Fact]
    public async Task Handle_OneConnectionWaits_OthersAreServed()
    {
        using var release = new SemaphoreSlim(0);
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            if (context.Payload.Length == 1)
            {
                await release.WaitAsync(cancellationToken);
            }

            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        await running.Client.SendAsync(new byte[1]).Soon();

        for (var i = 0; i < 10; i++)
        {
            await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
        }

        release.Release();
        Assert.Single(await ReceiveAsync(running.Client));
    }

    [Fact]
    public async Task Handle_MoreAtOnceThanAllowed_AreNeverHandledAtOnce()
    {
        var release = new TaskCompletionSource();
        var now = 0;
        var most = 0;
        var running = await StartAsync(
            MessageHandler.Create(async (context, cancellationToken) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref now));
                await release.Task;
                Interlocked.Decrement(ref now);
                await context.ReplyAsync(context.Payload.Span, cancellationToken);
            }),
            settings => settings.MaxConcurrentMessages = 3);
        var allowed = Capabilities.IsOrdered ? 1 : 3;
        for (var i = 0; i < 20; i++)
        {
            await running.Client.SendAsync(new byte[] { 1 }).Soon();
        }

        await Patience.UntilAsync(() => Volatile.Read(ref now) == allowed, "as many handlers as allowed to run");
        release.SetResult();

        for (var i = 0; i < (Capabilities.IsReliable ? 20 : 3); i++)
        {
            Assert.Equal([1], await ReceiveAsync(running.Client));
        }

        Assert.Equal(allowed, Volatile.Read(ref most));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private static ValueTask Complete(TaskCompletionSource source, bool when)
    {
        if (when)
        {
            source.TrySetResult();
        }

        return default;
    }

    /// <summary>A message whose every byte, and whose length, follows from its sender and number.</summary>
    private static byte[] Stamped(int sender, int number)
    {
        var message = Pattern(2 + (((sender * 37) + number) % 150), sender + number);
        message[0] = (byte)sender;
        message[1] = (byte)number;
        return message;
    }

    private async Task SendAnotherAsync(Running running)
    {
        var other = await ConnectAsync(running.Transport, running.EndPoint);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal([3], await AskAsync(other, [3]));
        }
    }
}

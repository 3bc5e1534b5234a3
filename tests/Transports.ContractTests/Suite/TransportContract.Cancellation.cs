namespace Transports.ContractTests;

/// <summary>Cancellation: every call can be given up, and giving it up costs nothing but that call.</summary>
public abstract partial class TransportContract
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    [Fact]
    public async Task Listen_Cancelled_ThrowsAndListensNowhere()
    {
        var transport = CreateTransport();
        var endPoint = _harness.NewEndPoint();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => transport.ListenAsync(endPoint, Echo, Cancelled).Soon());

        var listener = await ListenAsync(transport, Echo, endPoint);
        await AssertEchoesAsync(await ConnectAsync(transport, listener.LocalEndPoint));
    }

    [Fact]
    public async Task Listen_TokenCancelledLater_HasNoEffect()
    {
        using var source = new CancellationTokenSource();
        var transport = CreateTransport();
        var listener = await transport.ListenAsync(_harness.NewEndPoint(), Echo, source.Token).Soon();
        _listeners.Add(listener);

        await source.CancelAsync();

        await AssertEchoesAsync(await ConnectAsync(transport, listener.LocalEndPoint));
        Assert.False(listener.Completion.IsCompleted);
    }

    [Fact]
    public async Task Connect_Cancelled_Throws()
    {
        var running = await StartAsync(Echo);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => running.Transport.ConnectAsync(running.EndPoint, Cancelled).Soon());

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Connect_TokenCancelledLater_HasNoEffect()
    {
        using var source = new CancellationTokenSource();
        var running = await StartAsync(Echo);
        var client = await running.Transport.ConnectAsync(running.EndPoint, source.Token).Soon();
        _connections.Add(client);

        await source.CancelAsync();

        await AssertEchoesAsync(client);
    }

    [Fact]
    public async Task Send_CancelledBefore_ThrowsAndSendsNothing()
    {
        var running = await StartAsync(Echo);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => running.Client.SendAsync(Pattern(500), Cancelled).Soon());

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Receive_CancelledBefore_ThrowsAndLosesNothing()
    {
        var running = await StartAsync(Echo);
        await running.Client.SendAsync("kept").Soon();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Client.ReceiveAsync(Cancelled).Soon());

        Assert.Equal("kept", await running.Client.ReceiveTextAsync().Soon());
    }

    [Fact]
    public async Task Receive_CancelledWhileWaiting_ThrowsWithTheTokenAndLosesNothing()
    {
        var running = await StartAsync(Echo);
        for (var i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource();
            var receive = running.Client.ReceiveAsync(source.Token).AsTask();
            await source.CancelAsync();
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive.Soon());
            Assert.Equal(source.Token, exception.CancellationToken);
            await AssertEchoesAsync(running.Client);
        }

        Assert.False(running.Client.Completion.IsCompleted);
    }

    [Fact]
    public async Task Receive_CancelledWhileAMessageArrives_EitherGivesItOrKeepsIt()
    {
        var running = await StartAsync(Echo);
        for (var i = 0; i < 100; i++)
        {
            using var source = new CancellationTokenSource();
            var receive = running.Client.ReceiveAsync(source.Token).AsTask();
            await running.Client.SendAsync(new[] { (byte)i }).Soon();
            await source.CancelAsync();
            byte[] received;
            try
            {
                received = (await receive.Soon()).ToArray();
            }
            catch (OperationCanceledException)
            {
                received = await ReceiveAsync(running.Client);
            }

            Assert.Equal([(byte)i], received);
        }
    }

    [Fact]
    public async Task ReceiveAll_Cancelled_ThrowsAndTheConnectionStaysUsable()
    {
        using var source = new CancellationTokenSource();
        var running = await StartAsync(Echo);
        await using (var messages = running.Client.ReceiveAllAsync(source.Token).GetAsyncEnumerator())
        {
            await running.Client.SendAsync("one").Soon();
            Assert.True(await messages.MoveNextAsync().Soon());
            var next = messages.MoveNextAsync().AsTask();

            await source.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.Soon());
        }

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Receive_SecondAtOnce_ThrowsAndTheFirstGoesOn()
    {
        var running = await StartAsync(Echo);
        var first = running.Client.ReceiveAsync().AsTask();

        await Assert.ThrowsAsync<InvalidOperationException>(() => running.Client.ReceiveAsync().Soon());

        await running.Client.SendAsync("for the first").Soon();
        Assert.Equal("for the first"u8.ToArray(), (await first.Soon()).ToArray());
    }

    [Fact]
    public async Task Send_CancelledWhileWaiting_IsNotSentAndTheOthersAre()
    {
        var message = Pattern(30_000);
        if (!Capabilities.IsConnectionOriented)
        {
            // Nothing waits for a peer that may not even be there.
            var datagrams = await StartAsync(MessageHandler.Create((_, _) => default));
            for (var i = 0; i < 200; i++)
            {
                await datagrams.Client.SendAsync(message).Soon();
            }

            return;
        }

        var probe = new ProbeHandler();
        var (running, accepted) = await StartAcceptedAsync(probe, settings =>
        {
            settings.ReceiveQueueBytes = 1000;
            settings.OutputHighWaterBytes = 1000;
        });

        var sent = await SendUntilCancellationWinsAsync(accepted, message);
        var last = accepted.SendAsync("last").AsTask();

        for (var i = 0; i < sent; i++)
        {
            Assert.Equal(message, await ReceiveAsync(running.Client));
        }

        Assert.Equal("last", await running.Client.ReceiveTextAsync().Soon());
        await last.Soon();
    }

    [Fact]
    public async Task Reply_CancelledWhileWaiting_IsOnItsWayAllTheSame()
    {
        var sentCount = new TaskCompletionSource<int>();
        var message = Pattern(30_000);
        var running = await StartAsync(
            MessageHandler.Create(async (context, _) =>
            {
                var cancelled = !Capabilities.IsConnectionOriented;
                var count = 0;
                do
                {
                    using var source = new CancellationTokenSource();
                    var reply = context.ReplyAsync(message, source.Token).AsTask();
                    count++;
                    await source.CancelAsync();
                    cancelled |= await WasCancelledAsync(reply);
                }
                while (!cancelled && count < 4000);
                sentCount.SetResult(count);
            }),
            settings =>
            {
                settings.ReceiveQueueBytes = 1000;
                settings.OutputHighWaterBytes = 1000;
            });

        await running.Client.SendAsync("go").Soon();

        var sent = await sentCount.Task.Soon();
        Assert.InRange(sent, 1, 3999);
        for (var i = 0; i < sent; i++)
        {
            Assert.Equal(message, await ReceiveAsync(running.Client));
        }
    }

    private static async Task<bool> WasCancelledAsync(Task task)
    {
        try
        {
            await task.Soon();
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>Sends to a peer that takes nothing, until a send waits long enough to be cancelled.</summary>
    /// <returns>How many were sent before.</returns>
    private static async Task<int> SendUntilCancellationWinsAsync(IConnection connection, byte[] message)
    {
        for (var sent = 0; sent < 4000; sent++)
        {
            using var source = new CancellationTokenSource();
            var send = connection.SendAsync(message, source.Token).AsTask();
            await source.CancelAsync();
            if (await WasCancelledAsync(send))
            {
                return sent;
            }
        }

        throw new InvalidOperationException("A peer that receives nothing took 120 MB.");
    }
}

using Transports.Testing;

namespace Transports.ContractTests;

/// <summary>Back-pressure: nobody can make the process grow, and the slow are waited for, but not for ever.</summary>
public abstract partial class TransportContract
{
    /// <summary>More than any network below buffers, and far more than the transport may.</summary>
    private const int TooMuch = 96 * 1024 * 1024;

    /// <summary>What all buffers together may take with the small limits that are set here.</summary>
    private const int Bound = 1024 * 1024;

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Send_PeerReadsNothing_WaitsAndThenEndsItAsSlowConsumer()
    {
        var time = new VirtualTimeProvider();
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => MakeSmall(settings, time));
        if (!Capabilities.IsConnectionOriented)
        {
            await AssertFloodHarmsNobodyAsync(running);
            return;
        }

        await probe.ConnectedAsync();
        await ConnectRawStreamAsync(running);
        var accepted = await probe.ConnectedAsync();
        var waited = new TaskCompletionSource();
        var pushing = PushAsync(accepted, () => waited.TrySetResult());
        await Task.WhenAny(waited.Task, pushing).Soon();
        Assert.True(waited.Task.IsCompleted, "A peer that reads nothing took everything.");

        await AdvanceUntilAsync(time, SendTimeout, pushing);

        Assert.Equal(CloseReason.SlowConsumer, await ClosedAsync(() => pushing));
        Assert.Equal(CloseReason.SlowConsumer, await probe.DisconnectedAsync());
        Assert.InRange(_pool.PeakBytes, 0, Bound);
        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Reply_PeerSendsAndNeverReads_IsNoLongerReadFrom()
    {
        var time = new VirtualTimeProvider();
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => MakeSmall(settings, time));
        if (!Capabilities.IsConnectionOriented)
        {
            await AssertFloodHarmsNobodyAsync(running);
            return;
        }

        var peer = await ConnectRawStreamAsync(running);
        var taken = 0L;
        var writing = Task.Run(async () =>
        {
            var batch = peer.Encode([.. Enumerable.Range(0, 20).Select(i => Pattern(2000, i))]);
            while (Volatile.Read(ref taken) < TooMuch)
            {
                await peer.WriteAsync(batch);
                Interlocked.Add(ref taken, batch.Length);
            }
        });

        var disconnected = probe.DisconnectedAsync();
        await AdvanceUntilAsync(time, SendTimeout, Task.WhenAny(writing, disconnected));

        Assert.Equal(CloseReason.SlowConsumer, await disconnected);
        Assert.InRange(_pool.PeakBytes, 0, Bound);
        await Assert.ThrowsAnyAsync<Exception>(() => writing.Soon());
        Assert.True(Volatile.Read(ref taken) < TooMuch);
        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Receive_NobodyAsks_SenderWaitsAndNothingIsLost()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => MakeSmall(settings, TimeProvider.System));
        if (!Capabilities.IsConnectionOriented)
        {
            await AssertFloodHarmsNobodyAsync(running);
            return;
        }

        var accepted = await probe.ConnectedAsync();
        var message = Pattern(10_000);
        var sent = await SendUntilCancellationWinsAsync(accepted, message);
        Assert.InRange(_pool.PeakBytes, 0, Bound);

        for (var i = 0; i < sent; i++)
        {
            Assert.Equal(message, await ReceiveAsync(running.Client));
        }

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Send_PeerReadsSlowly_IsNotASlowConsumer()
    {
        var time = new VirtualTimeProvider();
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => MakeSmall(settings, time));
        if (!Capabilities.IsConnectionOriented)
        {
            await AssertFloodHarmsNobodyAsync(running);
            return;
        }

        var accepted = await probe.ConnectedAsync();
        var pushed = 0;
        var pushing = PushAsync(accepted, () => { }, () => Interlocked.Increment(ref pushed));
        for (var i = 0; i < 5; i++)
        {
            // Received until the sender has moved on, so that its patience begins anew.
            for (var before = Volatile.Read(ref pushed); Volatile.Read(ref pushed) < before + 10;)
            {
                await ReceiveAsync(running.Client);
            }

            time.Advance(SendTimeout * 0.9);
        }

        Assert.False(accepted.Completion.IsCompleted);
        await AdvanceUntilAsync(time, SendTimeout, pushing);
        Assert.Equal(CloseReason.SlowConsumer, await ClosedAsync(() => pushing));
    }

    [Fact]
    public async Task Reply_MoreThanTheHighWaterMark_HandlerWaitsAndEverythingArrives()
    {
        var count = Capabilities.IsReliable ? 300 : 3;
        var running = await StartAsync(
            MessageHandler.Create(async (context, cancellationToken) =>
            {
                for (var i = 0; i < count; i++)
                {
                    await context.ReplyAsync(Pattern(20_000, i), cancellationToken);
                }
            }),
            settings =>
            {
                MakeSmall(settings, TimeProvider.System);

                // Where nobody waits, what is over the receiver's limit is lost.
                settings.ReceiveQueueBytes = Capabilities.IsReliable ? settings.ReceiveQueueBytes : null;
            });

        await running.Client.SendAsync("go").Soon();

        for (var i = 0; i < count; i++)
        {
            Assert.Equal(Pattern(20_000, i), await ReceiveAsync(running.Client));
        }

        Assert.InRange(_pool.PeakBytes, 0, Bound);
    }

    private static void MakeSmall(TransportSettings settings, TimeProvider time)
    {
        settings.TimeProvider = time;
        settings.SendTimeout = SendTimeout;
        settings.OutputHighWaterBytes = 10_000;
        settings.ReceiveQueueBytes = 10_000;
        if (time is VirtualTimeProvider)
        {
            settings.IdleTimeout = Timeout.InfiniteTimeSpan;
        }
    }

    private static Task PushAsync(IConnection connection, Action onWait, Action? onSent = null) => Task.Run(async () =>
    {
        var message = Pattern(10_000);
        for (var sent = 0; sent < TooMuch; sent += message.Length)
        {
            var send = connection.SendAsync(message);
            if (!send.IsCompleted)
            {
                onWait();
            }

            await send;
            onSent?.Invoke();
        }
    });

    /// <summary>Without connections nobody is waited for: what is too much is dropped, and all goes on.</summary>
    private async Task AssertFloodHarmsNobodyAsync(Running running)
    {
        var flooder = await ConnectAsync(running.Transport, running.EndPoint);
        for (var i = 0; i < 2000; i++)
        {
            await flooder.SendAsync(Pattern(1000)).Soon();
        }

        await AssertAnsweredInTheEndAsync(running.Client);
        Assert.InRange(_pool.PeakBytes, 0, 4 * Bound);
        Assert.False(flooder.Completion.IsCompleted);
        Assert.Equal(Pattern(1000), await ReceiveAsync(flooder));
    }
}

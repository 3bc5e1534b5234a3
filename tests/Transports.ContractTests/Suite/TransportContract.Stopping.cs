using Transports.Testing;

namespace Transports.ContractTests;

/// <summary>Stopping: in phases, to the deadline and no further; and starting again where one has stopped.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task Stop_IdleConnections_EndAtOnceInOrder()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        await AssertEchoesAsync(running.Client);
        Assert.False(running.Listener.Completion.IsCompleted);

        await running.Listener.StopAsync().Soon();

        Assert.True(running.Listener.Completion.IsCompletedSuccessfully);
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.ShuttingDown, await probe.DisconnectedAsync());
            Assert.Equal(CloseReason.ShuttingDown, await (await probe.ConnectedAsync()).Completion.Soon());
            Assert.Equal(CloseReason.RemoteClosed, await running.Client.Completion.Soon());
        }
    }

    [Fact]
    public async Task Stop_HandlerRuns_IsLetFinishAndItsReplyArrives()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var probe = new ProbeHandler(async (context, cancellationToken) =>
        {
            entered.TrySetResult();
            await release.Task.WaitAsync(cancellationToken);
            await context.ReplyAsync("finished"u8, cancellationToken);
        });
        var running = await StartAsync(probe);
        await running.Client.SendAsync("go").Soon();
        await entered.Task.Soon();

        var stop = running.Listener.StopAsync().AsTask();
        Assert.False(stop.IsCompleted);
        release.SetResult();

        Assert.Equal("finished", await running.Client.ReceiveTextAsync().Soon());
        await stop.Soon();
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.ShuttingDown, await probe.DisconnectedAsync());
        }
    }

    [Fact]
    public async Task Stop_MessagesReadAlready_AreHandledAndAnswered()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            entered.TrySetResult();
            await release.Task.WaitAsync(cancellationToken);
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);

        // Where one write is one read, the others have been read when the first is being handled. Elsewhere nobody
        // knows how many have been; those are answered, in order, and no more.
        byte[][] messages = Capabilities.IsOrdered ? [[1], [2], [3], [4]] : [[1]];
        await peer.SendAsync(messages);
        await entered.Task.Soon();

        var stop = running.Listener.StopAsync().AsTask();
        release.SetResult();

        if (_harness.OneWriteIsOneRead)
        {
            await AssertReceivesAsync(peer, messages);
        }
        else
        {
            await AssertReceivesSomeAsync(peer, messages);
        }

        await stop.Soon();
    }

    [Fact]
    public async Task Stop_AtTheDeadline_AbortsWhatStillRuns()
    {
        using var deadline = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        var probe = new ProbeHandler(async (_, cancellationToken) =>
        {
            using var registration = cancellationToken.Register(told.SetResult);
            entered.TrySetResult();
            await told.Task;
        });
        var running = await StartAsync(probe);
        await running.Client.SendAsync("go").Soon();
        await entered.Task.Soon();

        var stop = running.Listener.StopAsync(deadline.Token).AsTask();
        Assert.False(stop.IsCompleted);
        Assert.False(told.Task.IsCompleted);
        await deadline.CancelAsync();

        await told.Task.Soon();
        await stop.Soon();
        Assert.True(running.Listener.Completion.IsCompletedSuccessfully);
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.Aborted, await probe.DisconnectedAsync());
        }
    }

    [Fact]
    public async Task Stop_AtTheDeadline_DoesNotWaitForAHandlerThatIgnoresIt()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var running = await StartAsync(MessageHandler.Create(async (_, _) =>
        {
            entered.TrySetResult();
            await release.Task;
        }));
        await running.Client.SendAsync("go").Soon();
        await entered.Task.Soon();

        try
        {
            await running.Listener.StopAsync(Cancelled).Soon();
        }
        finally
        {
            release.SetResult();
        }
    }

    [Fact]
    public async Task Stop_WithoutDeadline_EndsAtTheDrainTimeout()
    {
        var time = new VirtualTimeProvider();
        var entered = new TaskCompletionSource();
        var running = await StartAsync(
            MessageHandler.Create(async (_, cancellationToken) =>
            {
                entered.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }),
            settings =>
            {
                settings.TimeProvider = time;
                settings.DrainTimeout = TimeSpan.FromMinutes(5);
            });
        await running.Client.SendAsync("go").Soon();
        await entered.Task.Soon();
        var stop = running.Listener.StopAsync().AsTask();
        Assert.False(stop.IsCompleted);

        await AdvanceUntilAsync(time, TimeSpan.FromMinutes(1), stop);

        await stop;
        Assert.True(time.Elapsed >= TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Stop_SeveralTimesAtOnce_IsOneStop()
    {
        var running = await StartAsync(Echo);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => Task.Run(() => running.Listener.StopAsync().AsTask()))).Soon();
        await running.Listener.StopAsync().Soon();
        await running.Listener.DisposeAsync().Soon();

        Assert.True(running.Listener.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stop_BegunInsideTheHandler_ItsReplyStillArrives()
    {
        var listening = new TaskCompletionSource<IListener>();
        var stopping = new TaskCompletionSource<Task>();
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            stopping.SetResult((await listening.Task).StopAsync(CancellationToken.None).AsTask());
            await context.ReplyAsync("last"u8, cancellationToken);
        }));
        listening.SetResult(running.Listener);

        await running.Client.SendAsync("stop").Soon();

        Assert.Equal("last", await running.Client.ReceiveTextAsync().Soon());
        await (await stopping.Task.Soon()).Soon();
    }

    [Fact]
    public async Task Stop_WhileClientsComeAndSend_EveryMessageIsAnsweredOrItsConnectionEnds()
    {
        var running = await StartAsync(Echo);
        var clients = Enumerable.Range(0, Capabilities.IsConnectionOriented ? 8 : 0).Select(_ => Task.Run(async () =>
        {
            var client = await ConnectAsync(running.Transport, running.EndPoint);
            try
            {
                while (true)
                {
                    await AssertEchoesAsync(client);
                }
            }
            catch (ConnectionClosedException exception)
            {
                return exception.Reason;
            }
        })).ToArray();
        await AssertEchoesAsync(running.Client);

        await running.Listener.StopAsync().Soon();

        foreach (var client in clients)
        {
            try
            {
                await client.Soon();
            }
            catch (ConnectionFailedException)
            {
                // Came too late.
            }
        }
    }

    [Fact]
    public async Task StartStopStart_OnTheSameEndPoint_ServesEachMessageOnce()
    {
        var transport = CreateTransport();
        var endPoint = _harness.NewEndPoint();
        for (var round = 0; round < 4; round++)
        {
            var probe = new ProbeHandler();
            var listener = await ListenAsync(transport, probe, endPoint);
            endPoint = listener.LocalEndPoint;
            var client = await ConnectAsync(transport, endPoint);
            await AssertEchoesAsync(client);
            await AssertEchoesAsync(client);

            await listener.StopAsync().Soon();

            Assert.Equal(2, probe.Events.Count(line => line == "message"));
            await client.DisposeAsync().Soon();
        }
    }

    /// <summary>At least the first arrives, then as many as there are, in order, and then the stream ends.</summary>
    private static async Task AssertReceivesSomeAsync(RawPeer peer, byte[][] messages)
    {
        var count = 0;
        while (await peer.ReceiveAsync() is { } message)
        {
            Assert.Equal(messages[count++], message);
        }

        Assert.NotEqual(0, count);
    }

    private static Task AdvanceUntilAsync(VirtualTimeProvider time, TimeSpan step, Task task) => Patience.UntilAsync(
        () =>
        {
            time.Advance(step);
            return task.IsCompleted;
        },
        "virtual time to end it");
}

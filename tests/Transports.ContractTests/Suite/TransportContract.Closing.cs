namespace Transports.ContractTests;

/// <summary>Closing: who ended it and how is told on both sides, and nothing sent before is lost.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task Dispose_AtTheClient_IsOrderlyOnBothSides()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        await AssertEchoesAsync(running.Client);
        Assert.False(running.Client.Completion.IsCompleted);

        await running.Client.DisposeAsync().Soon();

        Assert.Equal(CloseReason.LocalClosed, await running.Client.Completion.Soon());
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.RemoteClosed, await probe.DisconnectedAsync());
            Assert.Equal(CloseReason.RemoteClosed, await (await probe.ConnectedAsync()).Completion.Soon());
        }
        else
        {
            await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
        }
    }

    [Fact]
    public async Task Dispose_AtTheListenersSide_IsOrderlyOnBothSides()
    {
        if (!Capabilities.IsConnectionOriented)
        {
            await AssertClosingAViewChangesNothingAsync(view => view.DisposeAsync());
            return;
        }

        var probe = new ProbeHandler();
        var (running, accepted) = await StartAcceptedAsync(probe);

        await accepted.DisposeAsync().Soon();

        Assert.Equal(CloseReason.LocalClosed, await accepted.Completion.Soon());
        Assert.Equal(CloseReason.LocalClosed, await probe.DisconnectedAsync());
        Assert.Equal(CloseReason.RemoteClosed, await running.Client.Completion.Soon());
    }

    [Fact]
    public async Task Abort_AtTheClient_IsAResetForThePeer()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        await AssertEchoesAsync(running.Client);

        running.Client.Abort();

        Assert.Equal(CloseReason.Aborted, await running.Client.Completion.Soon());
        if (Capabilities.IsConnectionOriented)
        {
            AssertReset(await probe.DisconnectedAsync());
        }

        await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
    }

    [Fact]
    public async Task Abort_AtTheListenersSide_IsAResetForThePeer()
    {
        if (!Capabilities.IsConnectionOriented)
        {
            await AssertClosingAViewChangesNothingAsync(view =>
            {
                view.Abort();
                return default;
            });
            return;
        }

        var probe = new ProbeHandler();
        var (running, accepted) = await StartAcceptedAsync(probe);

        accepted.Abort();

        Assert.Equal(CloseReason.Aborted, await accepted.Completion.Soon());
        Assert.Equal(CloseReason.Aborted, await probe.DisconnectedAsync());
        AssertReset(await running.Client.Completion.Soon());
    }

    [Fact]
    public async Task Abort_ThenDispose_FirstCauseWins()
    {
        var running = await StartAsync(Echo);

        running.Client.Abort();
        running.Client.Abort();
        await running.Client.DisposeAsync().Soon();

        Assert.Equal(CloseReason.Aborted, await running.Client.Completion.Soon());
        Assert.Equal(CloseReason.Aborted, await ClosedAsync(() => running.Client.ReceiveAsync().Soon()));
    }

    [Fact]
    public async Task Dispose_ThenAbort_FirstCauseWins()
    {
        var running = await StartAsync(Echo);

        await running.Client.DisposeAsync().Soon();
        running.Client.Abort();

        Assert.Equal(CloseReason.LocalClosed, await running.Client.Completion.Soon());
    }

    [Fact]
    public async Task Dispose_TwiceAndAtOnce_IsOneClose()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        await AssertEchoesAsync(running.Client);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => Task.Run(() => running.Client.DisposeAsync().AsTask()))).Soon();
        await running.Client.DisposeAsync().Soon();

        Assert.Equal(CloseReason.LocalClosed, await running.Client.Completion.Soon());
        await running.Listener.StopAsync().Soon();
        Assert.Equal(Capabilities.IsConnectionOriented ? 1 : 0, probe.Events.Count(line => line.StartsWith('d')));
    }

    [Fact]
    public async Task Dispose_DuringAReceive_EndsTheReceive()
    {
        var running = await StartAsync(Echo);
        var receive = running.Client.ReceiveAsync().AsTask();

        await running.Client.DisposeAsync().Soon();

        Assert.Equal(CloseReason.LocalClosed, await ClosedAsync(() => receive.Soon()));
    }

    [Fact]
    public async Task Abort_DuringAReceive_EndsTheReceive()
    {
        var running = await StartAsync(Echo);
        var receive = running.Client.ReceiveAsync().AsTask();

        running.Client.Abort();

        Assert.Equal(CloseReason.Aborted, await ClosedAsync(() => receive.Soon()));
    }

    [Fact]
    public async Task Dispose_AfterSending_FlushesFirst()
    {
        var handled = 0;
        var all = new TaskCompletionSource();
        var running = await StartAsync(MessageHandler.Create((_, _) =>
            Complete(all, Interlocked.Increment(ref handled) == Burst)));

        for (var i = 0; i < Burst; i++)
        {
            await running.Client.SendAsync(Pattern(300)).Soon();
        }

        await running.Client.DisposeAsync().Soon();

        await all.Task.Soon();
    }

    [Fact]
    public async Task Dispose_InsideTheHandler_SendsRepliesFirstAndDoesNotDeadlock()
    {
        var probe = new ProbeHandler(async (context, cancellationToken) =>
        {
            await context.ReplyAsync("bye"u8, cancellationToken);
            await context.Connection.DisposeAsync();
        });
        var running = await StartAsync(probe);

        await running.Client.SendAsync("go").Soon();

        Assert.Equal("bye", await running.Client.ReceiveTextAsync().Soon());
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.RemoteClosed, await ClosedAsync(() => running.Client.ReceiveAsync().Soon()));
            Assert.Equal(CloseReason.LocalClosed, await probe.DisconnectedAsync());
        }
        else
        {
            Assert.Equal("bye"u8.ToArray(), await AskAsync(running.Client, [1]));
        }
    }

    [Fact]
    public async Task Abort_InsideTheHandler_EndsTheConnection()
    {
        var probe = new ProbeHandler((context, cancellationToken) =>
        {
            if (context.Payload.Length == 1)
            {
                context.Connection.Abort();
                return default;
            }

            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        });
        var running = await StartAsync(probe);

        await running.Client.SendAsync(new byte[1]).Soon();

        if (Capabilities.IsConnectionOriented)
        {
            AssertReset(await ClosedAsync(() => running.Client.ReceiveAsync().Soon()));
            Assert.Equal(CloseReason.Aborted, await probe.DisconnectedAsync());
        }

        await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
    }

    private void AssertReset(CloseReason reason)
    {
        if (_harness.SeesResets)
        {
            Assert.Equal(CloseReason.RemoteReset, reason);
        }
        else
        {
            Assert.Contains(reason, new[] { CloseReason.RemoteReset, CloseReason.RemoteClosed });
        }
    }

    /// <summary>Without connections a listener gives views of peers; a peer itself cannot be closed.</summary>
    private async Task AssertClosingAViewChangesNothingAsync(Func<IConnection, ValueTask> close)
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
            await close(context.Connection);
        }));

        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
    }
}

namespace Transports.ContractTests;

/// <summary>Ends of streams: half-close, reset, and what is still delivered when the other side has gone.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task HalfClose_DataSentBeforeAndWithIt_IsHandledAndAnswered()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        var messages = Enumerable.Range(0, Math.Min(Burst, 200)).Select(i => Pattern(100, i)).ToArray();

        await peer.SendAsync(messages);
        if (peer is RawStreamPeer stream)
        {
            await stream.FinishAsync();
            Assert.Equal(messages, await stream.ReceiveToEndAsync());
            Assert.False(stream.WasReset);
            Assert.Equal(CloseReason.RemoteClosed, await probe.DisconnectedAsync());
        }
        else
        {
            await AssertReceivesAsync(peer, messages);
        }
    }

    [Fact]
    public async Task HalfClose_WhileTheHandlerWaits_ItIsLetFinish()
    {
        using var release = new SemaphoreSlim(0);
        var entered = new TaskCompletionSource();
        var probe = new ProbeHandler(async (context, cancellationToken) =>
        {
            entered.TrySetResult();
            await release.WaitAsync(cancellationToken);
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        });
        var running = await StartAsync(probe);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        byte[][] messages = [Pattern(10, 1), Pattern(10, 2), Pattern(10, 3)];
        await peer.SendAsync(messages);
        await entered.Task.Soon();
        if (peer is RawStreamPeer stream)
        {
            await stream.FinishAsync();
            release.Release(3);
            Assert.Equal(messages, await stream.ReceiveToEndAsync());
            Assert.Equal(CloseReason.RemoteClosed, await probe.DisconnectedAsync());
        }
        else
        {
            release.Release(3);
            await AssertReceivesAsync(peer, messages);
        }
    }

    [Fact]
    public async Task HalfClose_InTheMiddleOfAMessage_IsMalformed()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        if (peer is RawStreamPeer stream)
        {
            await stream.WriteAsync(stream.Encode(Pattern(10), Pattern(20)).AsMemory(..^1)).Soon();
            await stream.FinishAsync();
            Assert.Equal(Pattern(10), await stream.ReceiveAsync());
            Assert.Null(await stream.ReceiveAsync());
            Assert.Equal(CloseReason.MalformedMessage, await probe.DisconnectedAsync());
        }
        else
        {
            // A datagram is whole or it is not there at all.
            await AssertEchoesAsync(running.Client);
        }
    }

    [Fact]
    public async Task Reset_ByThePeer_IsToldAsResetAndHarmsNobody()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        await peer.SendAsync([1]);
        Assert.Equal([1], await peer.ReceiveAsync());
        if (peer is RawStreamPeer stream)
        {
            stream.Reset();
            AssertReset(await probe.DisconnectedAsync());
        }
        else
        {
            await peer.DisposeAsync();
        }

        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
    }

    [Fact]
    public async Task Reset_WhileTheHandlerWaits_IsNoticedWhenItReplies()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var ended = new TaskCompletionSource<bool>();
        var probe = new ProbeHandler(async (context, cancellationToken) =>
        {
            entered.TrySetResult();
            await release.Task;
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        })
        {
            // Nothing is read from a peer whose message is being handled, so the reply is what finds nobody there.
            OnDisconnected = (_, _) =>
            {
                ended.TrySetResult(release.Task.IsCompleted);
                return default;
            },
        };
        var running = await StartAsync(probe);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        await peer.SendAsync([1]);
        await entered.Task.Soon();
        if (peer is RawStreamPeer stream)
        {
            stream.Reset();
            release.SetResult();
            AssertReset(await probe.DisconnectedAsync());
            Assert.True(await ended.Task.Soon());
        }
        else
        {
            await peer.DisposeAsync();
            release.SetResult();
        }

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Abort_WhileTheHandlerWaits_CancelsItsToken()
    {
        var cancelled = new TaskCompletionSource();
        var probe = new ProbeHandler(async (context, cancellationToken) =>
        {
            if (!Capabilities.IsConnectionOriented)
            {
                cancelled.SetResult();
                return;
            }

            using var registration = cancellationToken.Register(cancelled.SetResult);
            context.Connection.Abort();
            await cancelled.Task;
            Assert.True(cancellationToken.IsCancellationRequested);
        });
        var running = await StartAsync(probe);

        await running.Client.SendAsync("go").Soon();

        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task Send_AfterTheEnd_ThrowsConnectionClosedWithTheReason()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        var disposed = await ConnectAsync(running.Transport, running.EndPoint);
        var aborted = await ConnectAsync(running.Transport, running.EndPoint);

        await disposed.DisposeAsync().Soon();
        aborted.Abort();
        await aborted.Completion.Soon();

        Assert.Equal(CloseReason.LocalClosed, await ClosedAsync(() => disposed.SendAsync(new byte[1]).Soon()));
        Assert.Equal(CloseReason.Aborted, await ClosedAsync(() => aborted.SendAsync(new byte[1]).Soon()));
        if (Capabilities.IsConnectionOriented)
        {
            await (await probe.ConnectedAsync()).DisposeAsync().Soon();
            Assert.Equal(CloseReason.RemoteClosed, await running.Client.Completion.Soon());
            Assert.Equal(
                CloseReason.RemoteClosed, await ClosedAsync(() => running.Client.SendAsync(new byte[1]).Soon()));
        }
    }

    [Fact]
    public async Task Receive_AfterThePeerClosed_FirstGivesWhatIsQueued()
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            for (var i = 0; i < 10; i++)
            {
                await context.ReplyAsync(Pattern(100, i), cancellationToken);
            }

            await context.Connection.DisposeAsync();
        }));
        await running.Client.SendAsync("go").Soon();
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.RemoteClosed, await running.Client.Completion.Soon());
        }

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Pattern(100, i), await ReceiveAsync(running.Client));
        }

        if (!Capabilities.IsConnectionOriented)
        {
            await running.Client.DisposeAsync().Soon();
        }

        await ClosedAsync(() => running.Client.ReceiveAsync().Soon());
        await ClosedAsync(() => running.Client.ReceiveAsync().Soon());
    }

    [Fact]
    public async Task ReceiveAll_OrderlyEnd_EndsAfterTheLastMessage()
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            await context.ReplyAsync([1], cancellationToken);
            await context.ReplyAsync([2], cancellationToken);
            await context.Connection.DisposeAsync();
        }));
        await running.Client.SendAsync("go").Soon();
        var received = new List<byte>();

        await Task.Run(async () =>
        {
            await foreach (var message in running.Client.ReceiveAllAsync())
            {
                received.Add(message.Span[0]);
                if (received.Count == 2 && !Capabilities.IsConnectionOriented)
                {
                    await running.Client.DisposeAsync();
                }
            }
        }).Soon();

        Assert.Equal([1, 2], received);
    }

    [Fact]
    public async Task ReceiveAll_Aborted_Throws()
    {
        var running = await StartAsync(Echo);
        await using var messages = running.Client.ReceiveAllAsync().GetAsyncEnumerator();
        await running.Client.SendAsync("one").Soon();
        Assert.True(await messages.MoveNextAsync().Soon());
        Assert.Equal("one"u8.ToArray(), messages.Current.ToArray());
        var next = messages.MoveNextAsync().AsTask();

        running.Client.Abort();

        Assert.Equal(CloseReason.Aborted, await ClosedAsync(() => next.Soon()));
    }
}

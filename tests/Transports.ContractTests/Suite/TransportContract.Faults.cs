using System.Buffers;

namespace Transports.ContractTests;

/// <summary>Faults of handlers stay local: that connection ends, that datagram gets no reply.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public Task Handler_ThrowsSynchronously_StaysLocal() =>
        AssertFaultStaysLocalAsync((_, _) => throw new InvalidOperationException("on purpose"), repliesBefore: 0);

    [Fact]
    public Task Handler_ThrowsAsynchronously_StaysLocal() => AssertFaultStaysLocalAsync(
        async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("on purpose");
        },
        repliesBefore: 0);

    [Fact]
    public Task Handler_ThrowsWithAReplyHalfWritten_NothingOfItIsSent() => AssertFaultStaysLocalAsync(
        async (context, _) =>
        {
            context.Reply.Write("half of a reply"u8);
            await Task.Yield();
            throw new InvalidOperationException("on purpose");
        },
        repliesBefore: 0);

    [Fact]
    public Task Handler_ThrowsAfterAReply_TheReplyArrivesUnlessItIsADatagrams() => AssertFaultStaysLocalAsync(
        async (context, cancellationToken) =>
        {
            await context.ReplyAsync("sent before"u8, cancellationToken);
            context.Reply.Write("half of another"u8);
            throw new InvalidOperationException("on purpose");
        },
        repliesBefore: 1);

    [Fact]
    public Task Handler_ThrowsCancellationOfItsOwn_IsAFaultLikeAnyOther() => AssertFaultStaysLocalAsync(
        (_, _) => throw new OperationCanceledException("not ours"), repliesBefore: 0);

    [Fact]
    public Task Handler_ReturnsACancelledTask_IsAFaultLikeAnyOther() => AssertFaultStaysLocalAsync(
        (_, _) => ValueTask.FromCanceled(new CancellationToken(true)), repliesBefore: 0);

    [Fact]
    public async Task Handler_FaultsManyTimes_ListenerLivesOn()
    {
        var transport = CreateTransport();
        var listener = await ListenAsync(transport, new ProbeHandler(FaultOr(
            (_, _) => throw new InvalidOperationException("on purpose"))));
        for (var i = 0; i < 20; i++)
        {
            var client = await ConnectAsync(transport, listener.LocalEndPoint);
            await client.SendAsync("fault").Soon();
            if (Capabilities.IsConnectionOriented)
            {
                await client.Completion.Soon();
            }
        }

        await AssertEchoesAsync(await ConnectAsync(transport, listener.LocalEndPoint));
        await Patience.UntilAsync(() => _logs.Errors.Count == 20, "20 logged errors");
        Assert.False(listener.Completion.IsCompleted);
        _expectedErrors = 20;
    }

    [Fact]
    public async Task Observer_ThrowsOnConnected_ThatConnectionEndsAlone()
    {
        var first = 1;
        var probe = new ProbeHandler
        {
            OnConnected = (_, _) => Interlocked.Exchange(ref first, 0) == 1
                ? throw new InvalidOperationException("on purpose")
                : default,
        };
        var running = await StartAsync(probe);
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.HandlerFaulted, await probe.DisconnectedAsync());
            await ClosedAsync(() => running.Client.ReceiveAsync().Soon());
            await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
            Assert.Equal(["connected", "disconnected HandlerFaulted", "connected", "message"], probe.Events);
            _expectedErrors = 1;
        }
        else
        {
            await AssertEchoesAsync(running.Client);
            Assert.Equal(["message"], probe.Events);
        }
    }

    [Fact]
    public async Task Observer_ThrowsOnDisconnected_IsLoggedAndHarmsNobody()
    {
        var probe = new ProbeHandler { OnDisconnected = (_, _) => throw new InvalidOperationException("on purpose") };
        var running = await StartAsync(probe);
        await AssertEchoesAsync(running.Client);

        await running.Client.DisposeAsync().Soon();

        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.RemoteClosed, await probe.DisconnectedAsync());
            await Patience.UntilAsync(() => _logs.Errors.Count == 1, "a logged error");
            _expectedErrors = 2;
        }

        var other = await ConnectAsync(running.Transport, running.EndPoint);
        await AssertEchoesAsync(other);
        await other.DisposeAsync().Soon();
        await running.Listener.StopAsync().Soon();
        Assert.True(running.Listener.Completion.IsCompletedSuccessfully);
    }

    private static Func<MessageContext, CancellationToken, ValueTask> FaultOr(
        Func<MessageContext, CancellationToken, ValueTask> fault) => (context, cancellationToken) =>
        context.Payload.Span.SequenceEqual("fault"u8)
            ? fault(context, cancellationToken)
            : context.ReplyAsync(context.Payload.Span, cancellationToken);

    private async Task AssertFaultStaysLocalAsync(
        Func<MessageContext, CancellationToken, ValueTask> fault, int repliesBefore)
    {
        var probe = new ProbeHandler(FaultOr(fault));
        var running = await StartAsync(probe);
        var other = await ConnectAsync(running.Transport, running.EndPoint);
        await AssertEchoesAsync(running.Client);

        await running.Client.SendAsync("fault").Soon();

        if (Capabilities.IsConnectionOriented)
        {
            for (var i = 0; i < repliesBefore; i++)
            {
                Assert.Equal("sent before", await running.Client.ReceiveTextAsync().Soon());
            }

            await ClosedAsync(() => running.Client.ReceiveAsync().Soon());
            Assert.Equal(CloseReason.HandlerFaulted, await probe.DisconnectedAsync());
        }
        else
        {
            // A datagram whose handler faults gets no reply at all, so the next reply is to the next datagram.
            await AssertEchoesAsync(running.Client);
        }

        await AssertEchoesAsync(other);
        await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
        await Patience.UntilAsync(() => _logs.Errors.Count > 0, "a logged error");
        Assert.StartsWith("HandlerFaulted", Assert.Single(_logs.Errors), StringComparison.Ordinal);
        _expectedErrors = 1;
    }
}

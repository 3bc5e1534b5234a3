using System.Collections.Concurrent;

namespace Transports.ContractTests;

/// <summary>Messages: what is sent is what arrives, of every size that is allowed and of none that is not.</summary>
public abstract partial class TransportContract
{
    private static readonly IMessageHandler Echo = MessageHandler.Create(
        (context, cancellationToken) => context.ReplyAsync(context.Payload.Span, cancellationToken));

    [Fact]
    public async Task Echo_OneMessage_ComesBack()
    {
        var running = await StartAsync(Echo);

        Assert.Equal("hello"u8.ToArray(), await AskAsync(running.Client, "hello"u8.ToArray()));
    }

    [Fact]
    public async Task Echo_Text_ComesBackAsText()
    {
        var running = await StartAsync(MessageHandler.FromText(text => text.ToUpperInvariant()));

        await running.Client.SendAsync("grüße, 世界").Soon();

        Assert.Equal("GRÜßE, 世界", await running.Client.ReceiveTextAsync().Soon());
    }

    [Fact]
    public async Task Echo_EmptyMessages_ArriveAsEmptyMessages()
    {
        var running = await StartAsync(Echo);

        Assert.Empty(await AskAsync(running.Client, []));
        Assert.Empty(await AskAsync(running.Client, []));
        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Echo_EveryByteValue_ComesBack()
    {
        var running = await StartAsync(Echo);

        for (var value = 0; value <= byte.MaxValue; value++)
        {
            Assert.Equal([(byte)value], await AskAsync(running.Client, [(byte)value]));
        }
    }

    [Fact]
    public async Task Echo_EveryLength_KeepsBoundaries()
    {
        var running = await StartAsync(Echo);
        Assert.True(Capabilities.PreservesBoundaries);

        foreach (var length in Enumerable.Range(0, 300).Concat([1023, 1024, 1025, 16_383, 16_384, 16_385]))
        {
            Assert.Equal(Pattern(length, length), await AskAsync(running.Client, Pattern(length, length)));
        }
    }

    [Fact]
    public async Task Echo_LargestAllowed_ComesBackWhole()
    {
        var running = await StartAsync(Echo);
        var largest = Pattern(Capabilities.MaxMessageBytes);

        Assert.Equal(largest, await AskAsync(running.Client, largest));
        Assert.Equal(largest, await AskAsync(running.Client, largest));
    }

    [Fact]
    public async Task Capabilities_LimitIsSet_SaySo() =>
        Assert.Equal(1000, await Task.FromResult(
            CreateTransport(settings => settings.MaxMessageBytes = 1000).Capabilities.MaxMessageBytes));

    [Fact]
    public async Task Send_OneByteOverLimit_ThrowsWithBothValuesAndConnectionStaysUsable()
    {
        var running = await StartAsync(Echo);
        var limit = Capabilities.MaxMessageBytes;

        var exception = await Assert.ThrowsAsync<MessageTooLongException>(
            () => running.Client.SendAsync(new byte[limit + 1]).Soon());

        Assert.Equal(limit + 1, exception.Length);
        Assert.Equal(limit, exception.Limit);
        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Reply_OneByteOverLimit_ThrowsInHandlerAndNothingOfItIsSent()
    {
        var thrown = new ConcurrentQueue<MessageTooLongException>();
        var running = await StartAsync(
            MessageHandler.Create(async (context, cancellationToken) =>
            {
                thrown.Enqueue(await Assert.ThrowsAsync<MessageTooLongException>(
                    () => context.ReplyAsync(new byte[101], cancellationToken).AsTask()));
                await context.ReplyAsync(context.Payload.Span, cancellationToken);
            }),
            settings => settings.MaxMessageBytes = 100);

        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(running.Client);

        Assert.All(thrown, exception => Assert.Equal((101, 100), (exception.Length, exception.Limit)));
        Assert.Equal(2, thrown.Count);
    }

    [Fact]
    public async Task Receive_OneByteOverLimit_EndsThatPeerAloneOrDropsTheMessage()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => settings.MaxMessageBytes = 100);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        await peer.SendAsync(Pattern(100));
        Assert.Equal(Pattern(100), await peer.ReceiveAsync());

        await peer.SendAsync(new byte[101]);

        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.MessageTooLong, await probe.DisconnectedAsync());
            Assert.Null(await peer.ReceiveAsync());
        }
        else
        {
            await peer.SendAsync(Pattern(99));
            Assert.Equal(Pattern(99), await peer.ReceiveAsync());
        }

        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
    }

    [Fact]
    public async Task Receive_OverLimitAtTheClient_EndsTheConnectionOrDropsTheMessage()
    {
        var running = await StartAsync(Echo);
        var small = CreateTransport(settings => settings.MaxMessageBytes = 100);
        if (!_harness.InstancesMeet)
        {
            await Assert.ThrowsAsync<ConnectionFailedException>(() => small.ConnectAsync(running.EndPoint).Soon());
            return;
        }

        var handler = MessageHandler.Create((context, cancellationToken) =>
            context.ReplyAsync(new byte[context.Payload.Span[0]], cancellationToken));
        var listener = await ListenAsync(running.Transport, handler);
        var client = await ConnectAsync(small, listener.LocalEndPoint);
        await client.SendAsync(new byte[] { 101 }).Soon();
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal(CloseReason.MessageTooLong, await ClosedAsync(() => client.ReceiveAsync().Soon()));
            Assert.Equal(CloseReason.MessageTooLong, await client.Completion.Soon());
        }
        else
        {
            Assert.Equal(100, (await AskAsync(client, [100])).Length);
        }
    }

    [Fact]
    public async Task Payload_WhileHandlerWaits_IsNotOverwrittenByLaterMessages()
    {
        using var release = new SemaphoreSlim(0);
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            if (context.Payload.Span[0] == 0)
            {
                await release.WaitAsync(cancellationToken);
            }

            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        var first = new byte[500];
        await running.Client.SendAsync(first).Soon();
        var other = await ConnectAsync(running.Transport, running.EndPoint);

        for (var i = 1; i < 50; i++)
        {
            await running.Client.SendAsync(Enumerable.Repeat((byte)i, 500).ToArray()).Soon();
            await AssertEchoesAsync(other);
        }

        release.Release();
        var replies = new List<byte[]>();
        for (var i = 0; i < 50; i++)
        {
            replies.Add(await ReceiveAsync(running.Client));
        }

        Assert.Equal(
            Enumerable.Range(0, 50),
            replies.Select(reply => (int)Assert.Single(reply.Distinct())).Order());
    }

    [Fact]
    public async Task Receive_MessageIsHeld_StaysAsItWasUntilTheNextReceive()
    {
        var running = await StartAsync(Echo);
        await running.Client.SendAsync(Pattern(1000, 1)).Soon();
        var held = await running.Client.ReceiveAsync().Soon();
        var other = await ConnectAsync(running.Transport, running.EndPoint);

        await running.Client.SendAsync(Pattern(1000, 2)).Soon();
        await AssertEchoesAsync(other);

        Assert.Equal(Pattern(1000, 1), held.ToArray());
        Assert.Equal(Pattern(1000, 2), await ReceiveAsync(running.Client));
    }
}

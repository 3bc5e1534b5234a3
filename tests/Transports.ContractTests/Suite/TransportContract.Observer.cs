namespace Transports.ContractTests;

/// <summary>Observers: told once of every coming and going, in order; never where nobody comes or goes.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task Observer_OneConnection_IsToldOnceEachInOrder()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(running.Client);

        await running.Client.DisposeAsync().Soon();

        if (Capabilities.IsConnectionOriented)
        {
            await probe.DisconnectedAsync();
        }

        await running.Listener.StopAsync().Soon();
        string[] expected = Capabilities.IsConnectionOriented
            ? ["connected", "message", "message", "disconnected RemoteClosed"]
            : ["message", "message"];
        Assert.Equal(expected, probe.Events);
    }

    [Fact]
    public async Task Observer_ManyConnections_IsToldOfEachOnce()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var client = await ConnectAsync(running.Transport, running.EndPoint);
            await AssertEchoesAsync(client);
            if (i % 2 == 0)
            {
                client.Abort();
            }

            await client.DisposeAsync().Soon();
        }));

        await running.Listener.StopAsync().Soon();

        var expected = Capabilities.IsConnectionOriented ? 41 : 0;
        Assert.Equal(expected, probe.Events.Count(line => line == "connected"));
        Assert.Equal(expected, probe.Events.Count(line => line.StartsWith("disconnected", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task OnConnected_Sends_GreetingComesBeforeAnyReply()
    {
        var probe = new ProbeHandler
        {
            OnConnected = async (connection, cancellationToken) =>
            {
                await connection.SendAsync("welcome", cancellationToken);
                await Task.Yield();
                await connection.SendAsync("stranger", cancellationToken);
            },
        };
        var running = await StartAsync(probe);
        await running.Client.SendAsync("hello").Soon();

        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal("welcome", await running.Client.ReceiveTextAsync().Soon());
            Assert.Equal("stranger", await running.Client.ReceiveTextAsync().Soon());
        }

        Assert.Equal("hello", await running.Client.ReceiveTextAsync().Soon());
    }

    [Fact]
    public async Task OnConnected_Waits_NoMessageIsHandledBeforeAndOthersAreWelcomed()
    {
        using var release = new SemaphoreSlim(0);
        var first = 1;
        var probe = new ProbeHandler
        {
            OnConnected = async (_, cancellationToken) =>
            {
                if (Interlocked.Exchange(ref first, 0) == 1)
                {
                    await release.WaitAsync(cancellationToken);
                }
            },
        };
        var running = await StartAsync(probe);
        if (!Capabilities.IsConnectionOriented)
        {
            await AssertEchoesAsync(running.Client);
            Assert.Equal(["message"], probe.Events);
            return;
        }

        await running.Client.SendAsync("early").Soon();
        await Patience.UntilAsync(() => probe.Events.Count > 0, "the first connection");
        await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
        Assert.Equal(["connected", "connected", "message"], probe.Events);

        release.Release();

        Assert.Equal("early", await running.Client.ReceiveTextAsync().Soon());
    }

    [Fact]
    public async Task OnConnected_ClosesTheConnection_PeerSeesAnOrderlyEnd()
    {
        var probe = new ProbeHandler
        {
            OnConnected = async (connection, cancellationToken) =>
            {
                await connection.SendAsync("go away", cancellationToken);
                await connection.DisposeAsync();
            },
        };
        var running = await StartAsync(probe);
        if (Capabilities.IsConnectionOriented)
        {
            Assert.Equal("go away", await running.Client.ReceiveTextAsync().Soon());
            Assert.Equal(CloseReason.RemoteClosed, await ClosedAsync(() => running.Client.ReceiveAsync().Soon()));
            Assert.Equal(CloseReason.LocalClosed, await probe.DisconnectedAsync());
        }
        else
        {
            await AssertEchoesAsync(running.Client);
        }
    }

    [Fact]
    public async Task OnDisconnected_Runs_AfterTheLastHandlerHasEnded()
    {
        using var release = new SemaphoreSlim(0);
        var ended = false;
        var endedBefore = new TaskCompletionSource<bool>();
        var probe = new ProbeHandler(async (context, cancellationToken) =>
        {
            await context.ReplyAsync("working"u8, cancellationToken);
            await release.WaitAsync(CancellationToken.None);
            Volatile.Write(ref ended, true);
        })
        {
            OnDisconnected = (_, _) =>
            {
                endedBefore.TrySetResult(Volatile.Read(ref ended));
                return default;
            },
        };
        var running = await StartAsync(probe);
        await running.Client.SendAsync("go").Soon();
        Assert.Equal("working", await running.Client.ReceiveTextAsync().Soon());

        running.Client.Abort();
        await running.Client.Completion.Soon();
        release.Release();

        await running.Listener.StopAsync().Soon();
        Assert.True(!Capabilities.IsConnectionOriented || await endedBefore.Task.Soon());
    }

    [Fact]
    public async Task Accepted_Connection_IsTheOneOfItsContexts()
    {
        IConnection? handled = null;
        var probe = new ProbeHandler((context, cancellationToken) =>
        {
            handled = context.Connection;
            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        });
        var running = await StartAsync(probe);

        await AssertEchoesAsync(running.Client);

        if (Capabilities.IsConnectionOriented)
        {
            var accepted = await probe.ConnectedAsync();
            Assert.Same(accepted, handled);
            await Assert.ThrowsAsync<InvalidOperationException>(() => accepted.ReceiveAsync().Soon());
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => accepted.ReceiveAllAsync().GetAsyncEnumerator().MoveNextAsync().Soon());
        }
        else
        {
            // A view of the peer: sending is all that it can do.
            await handled!.SendAsync("later").Soon();
            Assert.Equal("later", await running.Client.ReceiveTextAsync().Soon());
        }
    }
}

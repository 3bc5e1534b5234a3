using System.Net;
using Transports.Testing;

namespace Transports.ContractTests;

/// <summary>Limits: on the number of connections, on silence, and on how long a goodbye may take.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task MaxConnections_Reached_OneMoreIsRefusedUntilAPlaceIsFree()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => settings.MaxConnections = 2);
        var second = await ConnectAsync(running.Transport, running.EndPoint);
        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(second);
        if (!Capabilities.IsConnectionOriented)
        {
            await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
            return;
        }

        await AssertRefusedAsync(running);
        Assert.Equal(2, probe.Events.Count(line => line == "connected"));
        await AssertEchoesAsync(running.Client);

        await second.DisposeAsync().Soon();
        await probe.DisconnectedAsync();
        await AssertServedSoonAsync(running);
    }

    [Fact]
    public async Task MaxConnectionsPerAddress_Reached_CountsOnlyWhereThereAreAddresses()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => settings.MaxConnectionsPerAddress = 1);
        await AssertEchoesAsync(running.Client);
        if (!Capabilities.IsConnectionOriented || running.EndPoint is not IPEndPoint)
        {
            await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
            return;
        }

        await AssertRefusedAsync(running);
        await AssertEchoesAsync(running.Client);

        running.Client.Abort();
        await probe.DisconnectedAsync();
        await AssertServedSoonAsync(running);
    }

    [Fact]
    public async Task IdleTimeout_Silence_EndsTheConnection()
    {
        var time = new VirtualTimeProvider();
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => MakeImpatient(settings, time));
        for (var i = 0; i < 5; i++)
        {
            await AssertEchoesAsync(running.Client);
            time.Advance(TimeSpan.FromSeconds(40));
        }

        await AssertEchoesAsync(running.Client);
        Assert.False(running.Client.Completion.IsCompleted);
        if (Capabilities.IsConnectionOriented)
        {
            await AdvanceUntilAsync(time, TimeSpan.FromSeconds(10), running.Client.Completion);
            Assert.Equal(CloseReason.IdleTimeout, await probe.DisconnectedAsync());
            Assert.Equal(CloseReason.RemoteClosed, await running.Client.Completion);
        }
    }

    [Fact]
    public async Task IdleTimeout_HandlerWorks_DoesNotCount()
    {
        var time = new VirtualTimeProvider();
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var running = await StartAsync(
            new ProbeHandler(async (context, cancellationToken) =>
            {
                entered.TrySetResult();
                await release.Task.WaitAsync(cancellationToken);
                await context.ReplyAsync(context.Payload.Span, cancellationToken);
            }),
            settings => MakeImpatient(settings, time));
        await running.Client.SendAsync("long work").Soon();
        await entered.Task.Soon();

        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(50));
        }

        release.SetResult();
        Assert.Equal("long work", await running.Client.ReceiveTextAsync().Soon());
        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Dispose_PeerNeverCloses_EndsAtTheLingerTimeout()
    {
        var time = new VirtualTimeProvider();
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings =>
        {
            settings.TimeProvider = time;
            settings.LingerTimeout = TimeSpan.FromSeconds(3);
            settings.IdleTimeout = Timeout.InfiniteTimeSpan;
        });
        if (!Capabilities.IsConnectionOriented)
        {
            // Nobody is waited for.
            await running.Client.DisposeAsync().Soon();
            return;
        }

        await probe.ConnectedAsync();
        var peer = await ConnectRawStreamAsync(running);
        var accepted = await probe.ConnectedAsync();

        // The observer may not have returned yet, and then disposal only begins it: so its end is what is waited for.
        var dispose = accepted.DisposeAsync().AsTask();
        Assert.Null(await peer.ReceiveAsync());
        Assert.False(peer.WasReset);
        Assert.False(accepted.Completion.IsCompleted);

        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), accepted.Completion);

        await dispose.Soon();
        Assert.Equal(CloseReason.LocalClosed, await accepted.Completion);
        Assert.Equal(CloseReason.LocalClosed, await probe.DisconnectedAsync());
        Assert.True(time.Elapsed >= TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Dispose_PeerClosesToo_TakesNoTime()
    {
        var time = new VirtualTimeProvider();
        var running = await StartAsync(new ProbeHandler(), settings => settings.TimeProvider = time);
        await AssertEchoesAsync(running.Client);

        await running.Client.DisposeAsync().Soon();

        Assert.Equal(TimeSpan.Zero, time.Elapsed);
    }

    /// <summary>
    /// Impatient with idle peers alone: when the clock is moved, a send may still be on its way to its end on another
    /// thread, and must not count as stalled.
    /// </summary>
    private static void MakeImpatient(TransportSettings settings, TimeProvider time)
    {
        settings.TimeProvider = time;
        settings.SendTimeout = Timeout.InfiniteTimeSpan;
        settings.IdleTimeout = TimeSpan.FromMinutes(1);
    }

    private async Task AssertRefusedAsync(Running running)
    {
        IConnection refused;
        try
        {
            refused = await ConnectAsync(running.Transport, running.EndPoint);
        }
        catch (ConnectionFailedException)
        {
            // The refusal was there before the connection was.
            return;
        }

        AssertReset(await ClosedAsync(() => refused.ReceiveAsync().Soon()));
    }

    /// <summary>The place is free about when the observer is told; so a client may be refused once more.</summary>
    private async Task AssertServedSoonAsync(Running running)
    {
        while (true)
        {
            try
            {
                await AssertEchoesAsync(await ConnectAsync(running.Transport, running.EndPoint));
                return;
            }
            catch (TransportException)
            {
                await Task.Yield();
            }
        }
    }
}

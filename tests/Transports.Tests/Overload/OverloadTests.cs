using Transports.Tests.Streams;
using static Transports.Tests.Overload.BusyServer;

namespace Transports.Tests.Overload;

/// <summary>What an overloaded server does without, in which order, and how it comes back.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task Memory_OverItsThreshold_ShedsInOrderAndRecoversAtOnceWhenWellBelow()
    {
        await using var busy = new BusyServer();
        await busy.Server.StartAsync();
        await using var active = await busy.ConnectAsync();
        await busy.Handler.WaitForWelcomesAsync(1);
        await using var idle = await busy.ConnectAsync();
        await busy.Handler.WaitForWelcomesAsync(2);
        busy.Look(memory: 100);
        Assert.Equal([0], busy.Levels.Levels);

        // 1: nothing is read, and still everybody is let in.
        busy.Look(memory: 101);
        await active.SendAsync("held");
        await busy.WhenNotIdleAsync((StreamConnection)busy.Handler.Connections[0]);
        await using var third = await busy.ConnectAsync();
        await busy.Handler.WaitForWelcomesAsync(3);

        // 2: nobody is let in. 3: who has sent nothing goes.
        busy.Look(memory: 101);
        await AssertRefusedAsync(busy);
        busy.Look(memory: 101);
        busy.Look(memory: 101);
        Assert.Equal(CloseReason.RemoteClosed, await Soon(idle.Completion));
        Assert.Equal(CloseReason.RemoteClosed, await Soon(third.Completion));
        Assert.All(
            await busy.Handler.WaitForDisconnectionsAsync(2),
            gone => Assert.Equal(CloseReason.Overloaded, gone.Reason));
        Assert.False(active.Completion.IsCompleted);
        Assert.Empty(busy.Handler.Texts);

        // Below the threshold but not well below: as it was.
        busy.Look(memory: 81);
        await AssertRefusedAsync(busy);
        Assert.Empty(busy.Handler.Texts);
        Assert.Empty(busy.Logs.Named("OverloadEnded"));

        busy.Look(memory: 80);
        Assert.Equal("HELD", await ReceiveAsync(active));
        await using var late = await busy.ConnectAsync();
        await late.SendAsync("welcome");
        Assert.Equal("WELCOME", await ReceiveAsync(late));
        Assert.Equal([0, 1, 2, 3, 0], busy.Levels.Levels);
        Assert.Single(busy.Logs.Named("Overloaded"));
        Assert.Contains("00:00:05", Assert.Single(busy.Logs.Named("OverloadEnded")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_SwingsRoundItsThreshold_IsOneOverload()
    {
        await using var busy = new BusyServer();
        await busy.Server.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            busy.Look(memory: 101);
            busy.Look(memory: 99);
        }

        busy.Look(memory: 0);
        busy.Look(memory: 0);

        Assert.Equal([0, 1, 2, 3, 0], busy.Levels.Levels);
        Assert.Single(busy.Logs.Named("Overloaded"));
        Assert.Single(busy.Logs.Named("OverloadEnded"));
    }

    [Fact]
    public async Task InFlight_OverItsThreshold_ShedsUntilHandlersHaveEnded()
    {
        var release = new TaskCompletionSource();
        await using var busy = new BusyServer(
            overload => overload.MaxInFlight = 1,
            MessageHandler.Create(async (context, token) =>
            {
                await release.Task.WaitAsync(token);
                await context.ReplyAsync("done"u8, token);
            }));
        await busy.Server.StartAsync();
        IConnection[] clients = [await busy.ConnectAsync(), await busy.ConnectAsync()];
        await clients[0].SendAsync("a");
        await busy.Handler.WaitForMessagesAsync(1);
        busy.Look(memory: 0);
        Assert.Equal([0], busy.Levels.Levels);

        await clients[1].SendAsync("b");
        await busy.Handler.WaitForMessagesAsync(2);
        busy.Look(memory: 0);
        Assert.Equal([0, 1], busy.Levels.Levels);

        // What is in flight ends and is answered though nothing is read.
        release.SetResult();
        foreach (var client in clients)
        {
            Assert.Equal("done", await ReceiveAsync(client));
        }

        while (busy.Levels.Levels is not [.., 0])
        {
            // A handler counts until its task has ended, which is a moment after its reply.
            await Task.Yield();
            busy.Look(memory: 0);
        }

        await Soon(Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask())));
    }

    [Fact]
    public async Task Connections_OverTheirThreshold_AreClosedIfIdle()
    {
        await using var busy = new BusyServer(overload =>
        {
            overload.MaxConnections = 1;
            overload.RecoverPercent = 100;
        });
        await busy.Server.StartAsync();
        await using var first = await busy.ConnectAsync();
        await using var second = await busy.ConnectAsync();
        await busy.Handler.WaitForWelcomesAsync(2);

        busy.Look(memory: 0);
        busy.Look(memory: 0);
        busy.Look(memory: 0);

        Assert.All(
            await Soon(Task.WhenAll(first.Completion, second.Completion)),
            reason => Assert.Equal(CloseReason.RemoteClosed, reason));
        await busy.Handler.WaitForDisconnectionsAsync(2);
        while (busy.Levels.Levels is not [0, 1, 2, 3, 0])
        {
            // They are counted until the very end, which is a moment after the observer has heard of it.
            await Task.Yield();
            busy.Look(memory: 0);
        }
    }

    [Fact]
    public async Task Datagrams_WhileShedding_AreDroppedAndCounted()
    {
        await using var busy = new BusyServer(udp: true);
        await busy.Server.StartAsync();
        await using var client = await busy.ConnectAsync();
        busy.Look(memory: 101);

        await client.SendAsync("shed");

        var dropped = Assert.Single(await busy.Logs.WaitForAsync("DatagramDropped"));
        Assert.Contains("Overloaded", dropped.Text, StringComparison.Ordinal);
        busy.Look(memory: 0);
        await client.SendAsync("served");
        Assert.Equal("SERVED", await ReceiveAsync(client));
        Assert.Equal(["served"], busy.Handler.Texts);
    }

    [Fact]
    public async Task Stop_WhileShedding_EndsAndTheNextRunBeginsAfresh()
    {
        await using var busy = new BusyServer();
        await busy.Server.StartAsync();
        var client = await busy.ConnectAsync();
        await busy.Handler.WaitForWelcomesAsync(1);
        busy.Look(memory: 101);
        await client.SendAsync("never read");

        await Soon(busy.Server.StopAsync());

        await Soon(client.Completion);
        Assert.Equal([0, 1, 0], busy.Levels.Levels);
        await busy.Server.StartAsync();
        await using var next = await busy.ConnectAsync();
        await next.SendAsync("fresh");
        Assert.Equal("FRESH", await ReceiveAsync(next));
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Defaults_OnAProcessThatIsNotShortOfMemory_ShedNothing()
    {
        await using var busy = new BusyServer(overload =>
            (overload.MaxMemoryBytes, overload.ReadMemoryBytes) = (null, null));
        await busy.Server.StartAsync();

        busy.Look(memory: long.MaxValue);

        Assert.Equal([0], busy.Levels.Levels);
    }

    [Fact]
    public void Overload_OptionsThatCannotBe_AreAllNamed()
    {
        var exception = Assert.Throws<ArgumentException>(() => TransportServer.Create("x", server => server
            .Overload(overload =>
            {
                overload.MaxMemoryBytes = 0;
                overload.MaxConnections = -1;
                overload.MaxInFlight = 0;
                overload.RecoverPercent = 101;
                overload.CheckInterval = TimeSpan.Zero;
                overload.IdleAfter = TimeSpan.FromTicks(-1);
            })));

        string[] names =
            ["MaxMemoryBytes", "MaxConnections", "MaxInFlight", "RecoverPercent", "CheckInterval", "IdleAfter"];
        Assert.All(names, name => Assert.Contains($"{name} must", exception.Message, StringComparison.Ordinal));
    }

    private static async Task AssertRefusedAsync(BusyServer busy)
    {
        await using var refused = await busy.ConnectAsync();
        Assert.Equal(CloseReason.RemoteReset, await Soon(refused.Completion));
    }
}

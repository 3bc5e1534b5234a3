using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>Hosts that stand still, and what becomes of what they had in hand.</summary>
public class HostTests
{
    private static readonly IMessageHandler Echo = MessageHandler.FromText(text => text);

    [Fact]
    public Task Pause_TimerOfItsClock_FiresWhenResumed() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (paused, other) = (network.AddHost("paused"), network.AddHost("other"));
        var (late, punctual) = (
            Task.Delay(TimeSpan.FromSeconds(10), paused.Clock), Task.Delay(TimeSpan.FromSeconds(10), other.Clock));
        paused.Pause();
        var fresh = Task.Delay(TimeSpan.FromSeconds(1), paused.Clock);
        await network.RunForAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((false, false, true), (late.IsCompleted, fresh.IsCompleted, punctual.IsCompleted));
        Assert.Null(network.Time.NextTimerDueIn);
        Assert.Equal(TimeSpan.FromMinutes(1), TimeSpan.FromTicks(paused.Clock.GetTimestamp()));

        paused.Resume();
        await late;
        await fresh;
        Assert.Equal(TimeSpan.FromMinutes(1), network.Time.Elapsed);
    });

    [Fact]
    public Task Pause_Period_MissedTicksAreLeftOut() => Testing.Simulation.RunAsync(1, async network =>
    {
        var host = network.AddHost("host");
        var ticks = new List<double>();
        using var timer = host.Clock.CreateTimer(
            _ => ticks.Add(network.Time.Elapsed.TotalSeconds), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        await network.RunForAsync(TimeSpan.FromSeconds(2.5));
        host.Pause();
        await network.RunForAsync(TimeSpan.FromSeconds(3));
        host.Resume();
        await network.RunForAsync(TimeSpan.FromSeconds(2));
        Assert.Equal([1, 2, 5.5, 6, 7], ticks);
    });

    [Fact]
    public Task Pause_Sender_SendsNothingAgainMeanwhile() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        await using var listener = await server.Tcp().ListenAsync(server.EndPoint(80), Echo);
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        using (network.Link("client", "server").Partition())
        {
            await connection.SendAsync("lost at first");
            await network.RunForAsync(TimeSpan.FromSeconds(1));
        }

        client.Pause();
        var sent = network.Link("client", "server").PacketsSent;
        await network.RunForAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(sent, network.Link("client", "server").PacketsSent);

        client.Resume();
        Assert.Equal("lost at first", await connection.ReceiveTextAsync());
        Assert.Equal(TimeSpan.FromSeconds(121), network.Time.Elapsed);
    });

    [Fact]
    public Task Crash_WhilePaused_WhatWaitedIsLost() => Testing.Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        server.Pause();
        await using var connection = await client.Udp().ConnectAsync(server.EndPoint(80));
        await connection.SendAsync("nobody will see this");
        await network.WhenIdleAsync();
        server.Crash();
        Assert.False(server.IsPaused);
        Assert.Equal(1, network.Trace.Fired(NetworkFault.HostDown));

        await server.RestartAsync();
        await Task.Delay(TimeSpan.FromSeconds(1), server.Clock);
        Assert.Equal(TimeSpan.FromSeconds(1), network.Time.Elapsed);
    });
}

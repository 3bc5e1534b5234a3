using Transports.Testing;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

public class DatagramStopTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_Idle_EndsAndClosesTheChannelOnce(bool blocks)
    {
        var channel = new FakeChannel { Blocks = blocks };
        var logs = new LogCollector();
        var listener = await new FakeDatagramTransport(channel, loggerFactory: logs).ListenAsync(Handlers.Upper);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(index =>
            Task.Run(() => index % 2 == 0 ? listener.StopAsync().Soon() : listener.DisposeAsync().Soon())));
        await listener.StopAsync(new CancellationToken(true)).Soon();

        Assert.Equal(1, channel.Disposals);
        Assert.True(listener.Completion.IsCompletedSuccessfully);
        Assert.Single(logs.Named("Stopped"));
        Assert.Empty(logs.Named("DrainAborted"));
    }

    [Fact]
    public async Task Stop_WhileHandling_WaitsAndLetsTheReplyLeave()
    {
        var channel = new FakeChannel();
        var gate = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var listener = await new FakeDatagramTransport(channel).ListenAsync(async (context, token) =>
        {
            begun.SetResult();
            await gate.Task;
            await context.ReplyAsync("done", token);
        });
        channel.Arrive(Alice, "x");
        await begun.Task.Soon();

        var stop = listener.StopAsync(new CancellationTokenSource().Token).AsTask();
        Assert.False(stop.IsCompleted);
        gate.SetResult();
        await stop.Soon();

        Assert.Equal("done", (await channel.NextSentAsync()).Text);
    }

    [Fact]
    public async Task Stop_WhileDraining_DropsAndCountsWhatArrives()
    {
        var channel = new FakeChannel();
        var gate = new TaskCompletionSource();
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        var calls = 0;
        var listener = await transport.ListenAsync(async (_, _) =>
        {
            calls++;
            await gate.Task;
        });
        channel.Arrive(Alice, "x");
        await channel.NextReceiveAsync();
        await channel.NextReceiveAsync();

        var stop = listener.StopAsync().AsTask();
        channel.ArriveTogether(new(Alice, "late"), new(Bob, "late"));
        await channel.NextReceiveAsync();
        gate.SetResult();
        await stop.Soon();

        Assert.Equal(1, calls);
        Assert.Equal(2, metrics.Dropped("stopping"));
    }

    [Fact]
    public async Task Stop_AtTheDeadline_CancelsAndAbandons()
    {
        var channel = new FakeChannel();
        var logs = new LogCollector();
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        var late = new TaskCompletionSource();
        var transport = new FakeDatagramTransport(channel, loggerFactory: logs);
        var listener = await transport.ListenAsync(async (context, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => { }, CancellationToken.None);
            await late.Task;
            ended.SetResult();
            await context.ReplyAsync("too late", CancellationToken.None);
        });
        channel.Arrive(Alice, "x");
        await begun.Task.Soon();

        using var deadline = new CancellationTokenSource();
        var stop = listener.StopAsync(deadline.Token).AsTask();
        await deadline.CancelAsync();
        await stop.Soon();
        Assert.False(ended.Task.IsCompleted);
        Assert.Single(logs.Named("DrainAborted"));

        late.SetResult();
        await ended.Task.Soon();
        Assert.False(channel.HasSent);
    }

    [Fact]
    public async Task Stop_WithoutDeadline_TakesTheDrainTimeout()
    {
        var channel = new FakeChannel();
        var time = new VirtualTimeProvider();
        var logs = new LogCollector();
        var begun = new TaskCompletionSource();
        var options = new FakeOptions { DrainTimeout = TimeSpan.FromMinutes(3) };
        var listener = await new FakeDatagramTransport(channel, options, logs, time).ListenAsync(async (_, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
        });
        channel.Arrive(Alice, "x");
        await begun.Task.Soon();

        var stop = listener.DisposeAsync().AsTask();
        await time.WhenTimerAsync().Soon();
        time.Advance(TimeSpan.FromMinutes(3) - TimeSpan.FromMilliseconds(1));
        Assert.False(stop.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await stop.Soon();

        Assert.Single(logs.Named("DrainAborted"));
        Assert.Empty(logs.Named("HandlerFaulted"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_FromAHandlerThatBlocks_EndsAtTheDeadline(bool blocks)
    {
        var channel = new FakeChannel { Blocks = blocks };
        IListener? listener = null;
        var stopped = new TaskCompletionSource();
        var options = new FakeOptions { DrainTimeout = TimeSpan.FromMilliseconds(20) };
        listener = await new FakeDatagramTransport(channel, options).ListenAsync((_, _) =>
        {
            listener!.StopAsync(CancellationToken.None).AsTask().Wait(CancellationToken.None);
            stopped.SetResult();
            return default;
        });

        channel.Arrive(Alice, "x");

        await stopped.Task.Soon();
        await listener.Completion.Soon();
    }

    [Fact]
    public async Task Stop_ChannelThatCannotClose_DoesNotThrow()
    {
        var channel = new FakeChannel { OnDispose = () => throw new IOException("stuck") };
        var listener = await new FakeDatagramTransport(channel).ListenAsync(Handlers.Upper);

        await listener.StopAsync().Soon();

        Assert.True(listener.Completion.IsCompletedSuccessfully);
    }
}

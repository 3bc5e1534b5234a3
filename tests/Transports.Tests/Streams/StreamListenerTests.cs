using Transports.Testing;

namespace Transports.Tests.Streams;

public class StreamListenerTests
{
    private static readonly IMessageHandler Echo =
        MessageHandler.Create((context, token) => context.ReplyAsync(context.Payload.Span, token));

    [Fact]
    public async Task AcceptLoop_AfterErrors_BacksOffAndGoesOn()
    {
        var time = new VirtualTimeProvider();
        var transport = new ScriptedTransport(timeProvider: time);
        await using var listener = await transport.ListenAsync(Echo);
        var timers = time.ActiveTimerCount;

        for (var i = 0; i < 20; i++)
        {
            transport.FailAccept(new TransportException("Too many open files."));
        }

        var peer = transport.Arrive();
        peer.Feed("a\n"u8);
        peer.FeedEnd();
        for (var waited = TimeSpan.Zero; !peer.Disposed.Task.IsCompleted; waited += TimeSpan.FromSeconds(1))
        {
            Assert.True(waited < TimeSpan.FromSeconds(60), "The loop did not come back.");
            await WhenEitherAsync(peer.Disposed.Task, time);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("a\n"u8.ToArray(), peer.Sent);
        Assert.False(listener.Completion.IsCompleted);
        Assert.True(timers <= 1);
    }

    [Fact]
    public async Task AcceptLoop_ThatDies_FaultsCompletion()
    {
        var transport = new ScriptedTransport();
        var listener = await transport.ListenAsync(Echo);

        transport.FailAccept(new InvalidOperationException("broken"));

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => listener.Completion.WaitAsync(ScriptedTransport.Patience));
        Assert.Equal("broken", fault.Message);
        await listener.DisposeAsync();
    }

    [Fact]
    public async Task IdleTimeout_ClosesASilentConnection()
    {
        var time = new VirtualTimeProvider();
        var transport = new ScriptedTransport(
            new ScriptedOptions { IdleTimeout = TimeSpan.FromSeconds(60) }, timeProvider: time);
        var observer = new RecordingHandler();
        await using var listener = await transport.ListenAsync(observer);
        var peer = transport.Arrive();
        await observer.WaitForWelcomesAsync(1);

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(peer.Completed.Task.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(1));
        await peer.Completed.Task.WaitAsync(ScriptedTransport.Patience);
        peer.FeedEnd();
    }

    [Fact]
    public async Task IdleTimeout_DoesNotCountTheTimeOfTheHandler()
    {
        var time = new VirtualTimeProvider();
        var transport = new ScriptedTransport(
            new ScriptedOptions { IdleTimeout = TimeSpan.FromSeconds(60) }, timeProvider: time);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource();
        await using var listener = await transport.ListenAsync(MessageHandler.Create(async (context, token) =>
        {
            started.TrySetResult();
            await release.Task;
            await context.ReplyAsync("done", token);
        }));
        var peer = transport.Arrive();
        peer.Feed("a\n"u8);
        await started.Task.WaitAsync(ScriptedTransport.Patience);

        time.Advance(TimeSpan.FromMinutes(10));
        release.SetResult();
        peer.FeedEnd();

        await peer.Disposed.Task.WaitAsync(ScriptedTransport.Patience);
        Assert.Equal("done\n"u8.ToArray(), peer.Sent);
    }

    [Fact]
    public async Task MaxConnections_RefusesOneMoreAndTakesItsPlaceBack()
    {
        var transport = new ScriptedTransport(new ScriptedOptions { MaxConnections = 1 });
        await using var listener = await transport.ListenAsync(Echo);
        var first = transport.Arrive();
        var second = transport.Arrive();

        await second.Aborted.Task.WaitAsync(ScriptedTransport.Patience);
        first.FeedEnd();
        await first.Disposed.Task.WaitAsync(ScriptedTransport.Patience);
        await WhenEmptyAsync(transport, "again\n"u8.ToArray());
    }

    [Fact]
    public async Task StopAsync_AfterItsDeadline_AbortsWhatIsLeft()
    {
        var transport = new ScriptedTransport();
        var started = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = await transport.ListenAsync(MessageHandler.Create(async (context, token) =>
        {
            started.SetResult(context.Connection);
            await using var registration = token.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, token);
        }));
        transport.Arrive().Feed("a\n"u8);
        var connection = await started.Task.WaitAsync(ScriptedTransport.Patience);
        using var deadline = new CancellationTokenSource();

        var stopping = listener.StopAsync(deadline.Token);
        Assert.False(stopping.IsCompleted);
        await deadline.CancelAsync();

        await stopping.AsTask().WaitAsync(ScriptedTransport.Patience);
        await cancelled.Task.WaitAsync(ScriptedTransport.Patience);
        Assert.Equal(CloseReason.Aborted, await connection.Completion);
        await listener.Completion;
    }

    /// <summary>
    /// A place becomes free just after the stream was released: a peer that comes too early tries again.
    /// </summary>
    private static async Task WhenEmptyAsync(ScriptedTransport transport, byte[] message)
    {
        while (true)
        {
            var peer = transport.Arrive();
            peer.Feed(message);
            peer.FeedEnd();
            await Task.WhenAny(peer.Disposed.Task, peer.Aborted.Task).WaitAsync(ScriptedTransport.Patience);
            if (!peer.Aborted.Task.IsCompleted)
            {
                Assert.Equal(message, peer.Sent);
                return;
            }
        }
    }

    private static Task<Task> WhenEitherAsync(Task task, VirtualTimeProvider time) =>
        Task.WhenAny(task, time.WhenTimerAsync(2)).WaitAsync(ScriptedTransport.Patience);
}

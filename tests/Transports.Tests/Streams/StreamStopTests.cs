namespace Transports.Tests.Streams;

/// <summary>Whom a stop waits for when a connection has ended before its handler.</summary>
public sealed class StreamStopTests
{
    private static readonly InMemoryEndPoint EndPoint = new("stop");
    private readonly InMemoryTransport _transport = new();
    private readonly TaskCompletionSource<IConnection> _aborted = new();
    private readonly TaskCompletionSource _release = new();
    private bool _handlerHasEnded;

    [Fact]
    public async Task StopAsync_ConnectionEndedBeforeItsHandler_WaitsForTheHandler()
    {
        var listener = await StartAsync();

        var stop = listener.StopAsync().AsTask();
        await WhenRefusedAsync();
        Assert.False(stop.IsCompleted);
        _release.SetResult();

        await Soon(stop);
        Assert.True(_handlerHasEnded);
    }

    [Fact]
    public async Task StopAsync_HandlerOfAnEndedConnectionIgnoresTheDeadline_EndsWithoutIt()
    {
        var listener = await StartAsync();
        using var deadline = new CancellationTokenSource();

        var stop = listener.StopAsync(deadline.Token).AsTask();
        await WhenRefusedAsync();
        Assert.False(stop.IsCompleted);
        await deadline.CancelAsync();

        await Soon(stop);
        Assert.False(_handlerHasEnded);
        _release.SetResult();
    }

    private static Task Soon(Task task) => task.WaitAsync(ScriptedTransport.Patience);

    /// <summary>Starts a listener with one connection: it has ended, and its handler still works.</summary>
    private async Task<IListener> StartAsync()
    {
        var listener = await _transport.ListenAsync(EndPoint, MessageHandler.Create(async (context, _) =>
        {
            context.Connection.Abort();
            _aborted.SetResult(context.Connection);
            await _release.Task;
            _handlerHasEnded = true;
        }));
        var client = await _transport.ConnectAsync(EndPoint);
        await client.SendAsync("go");
        var accepted = await _aborted.Task.WaitAsync(ScriptedTransport.Patience);
        Assert.Equal(CloseReason.Aborted, await accepted.Completion.WaitAsync(ScriptedTransport.Patience));
        return listener;
    }

    /// <summary>Once nobody is let in, the stop waits for nothing but connections.</summary>
    private async Task WhenRefusedAsync()
    {
        try
        {
            while (true)
            {
                await using var late = await _transport.ConnectAsync(EndPoint);
            }
        }
        catch (ConnectionFailedException)
        {
            // The endpoint is free.
        }
    }
}

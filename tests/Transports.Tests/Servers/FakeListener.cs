using System.Net;

namespace Transports.Tests.Servers;

internal sealed class FakeListener(EndPoint endPoint, IMessageHandler handler) : IListener
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _stops;
    private int _disposals;

    public IMessageHandler Handler => handler;

    public int Stops => Volatile.Read(ref _stops);

    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Ended by the first deadline that is cancelled, or by whoever says that all is handled.</summary>
    public TaskCompletionSource<string> Drained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool DrainsByItself { get; set; } = true;

    public EndPoint LocalEndPoint => endPoint;

    public Task Completion => _completion.Task;

    public void Die(Exception exception) => _completion.TrySetException(exception);

    public void End() => _completion.TrySetResult();

    public async ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _stops);
        using var deadline = cancellationToken.Register(() => Drained.TrySetResult("aborted"));
        if (DrainsByItself)
        {
            Drained.TrySetResult("drained");
        }

        await Drained.Task;
        _completion.TrySetResult();
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Increment(ref _disposals);
        _completion.TrySetResult();
        return ValueTask.CompletedTask;
    }
}

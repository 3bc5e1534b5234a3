using System.Net;

namespace Transports.Hosting.Tests;

/// <summary>Listens on nothing; its one listener ends when the test says so.</summary>
internal sealed class FakeTransport : ITransport, IListener
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EndPoint? _endPoint;

    public TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Drained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool WasAborted { get; private set; }

    public TransportCapabilities Capabilities { get; } = new("fake", true, true, true, true, 100);

    public EndPoint LocalEndPoint => _endPoint!;

    public Task Completion => _completion.Task;

    public void Die(Exception exception) => _completion.SetException(exception);

    public ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        _endPoint = localEndPoint;
        return new ValueTask<IListener>(this);
    }

    public ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public async ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        using var deadline = cancellationToken.Register(() =>
        {
            WasAborted = true;
            Drained.TrySetResult();
        });
        Stopping.TrySetResult();
        await Drained.Task;
        _completion.TrySetResult();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

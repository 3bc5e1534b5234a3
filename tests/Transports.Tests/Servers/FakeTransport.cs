using System.Collections.Concurrent;
using System.Net;

namespace Transports.Tests.Servers;

/// <summary>Listens on nothing; records what a server asks of it, and fails when told to.</summary>
internal sealed class FakeTransport(string scheme = "fake") : ITransport
{
    public ConcurrentQueue<FakeListener> Listeners { get; } = new();

    public Func<EndPoint, CancellationToken, Task>? Binding { get; init; }

    public TransportCapabilities Capabilities { get; } = new(scheme, true, true, true, true, 100);

    public async ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        await (Binding?.Invoke(localEndPoint, cancellationToken) ?? Task.CompletedTask);
        var listener = new FakeListener(localEndPoint, handler);
        Listeners.Enqueue(listener);
        return listener;
    }

    public ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}

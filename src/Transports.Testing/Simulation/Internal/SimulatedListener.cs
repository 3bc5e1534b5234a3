using System.Net;

namespace Transports.Testing;

/// <summary>A listener as the test's code gets it: calls run by the library's rules.</summary>
internal sealed class SimulatedListener(IListener inner, EventLoop loop) : IListener
{
    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public Task Completion => inner.Completion;

    public ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        using (loop.EnterLibrary())
        {
            return inner.StopAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync()
    {
        using (loop.EnterLibrary())
        {
            return inner.DisposeAsync();
        }
    }
}

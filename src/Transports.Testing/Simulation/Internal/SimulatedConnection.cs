using System.Net;

namespace Transports.Testing;

/// <summary>A connection as the test's code gets it: calls run by the library's rules.</summary>
internal sealed class SimulatedConnection(IConnection inner, EventLoop loop) : IConnection
{
    public string Id => inner.Id;

    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    public Task<CloseReason> Completion => inner.Completion;

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        using (loop.EnterLibrary())
        {
            return inner.SendAsync(message, cancellationToken);
        }
    }

    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        using (loop.EnterLibrary())
        {
            return inner.ReceiveAsync(cancellationToken);
        }
    }

    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReceiveAllAsync(CancellationToken cancellationToken = default) =>
        inner.ReceiveAllAsync(cancellationToken);

    public void Abort()
    {
        using (loop.EnterLibrary())
        {
            inner.Abort();
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

using System.Net;

namespace Transports.Testing;

/// <summary>
/// A transport of a simulated host, as the test's code gets it: what it calls runs by the library's rules, and what
/// calls it back by its own.
/// </summary>
internal sealed class SimulatedTransport(ITransport inner, EventLoop loop, TimeProvider timeProvider) : ITimedTransport
{
    public TransportCapabilities Capabilities => inner.Capabilities;

    public TimeProvider TimeProvider => timeProvider;

    /// <summary>The transport below, for harnesses that go round it.</summary>
    public ITransport Inner => inner;

    public ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        using (loop.EnterLibrary())
        {
            return ListenThereAsync(localEndPoint, handler, cancellationToken);
        }
    }

    public ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default)
    {
        using (loop.EnterLibrary())
        {
            return ConnectThereAsync(remoteEndPoint, cancellationToken);
        }
    }

    private async ValueTask<IListener> ListenThereAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken)
    {
        var listener = await inner.ListenAsync(
            localEndPoint, SimulatedHandler.Wrap(handler, loop), cancellationToken).ConfigureAwait(false);
        return new SimulatedListener(listener, loop);
    }

    private async ValueTask<IConnection> ConnectThereAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        var connection = await inner.ConnectAsync(remoteEndPoint, cancellationToken).ConfigureAwait(false);
        return new SimulatedConnection(connection, loop);
    }
}

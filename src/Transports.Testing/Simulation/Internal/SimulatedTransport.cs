using System.Net;

namespace Transports.Testing;

/// <summary>
/// A transport of a simulated host, as the test's code gets it: what it calls runs by the library's rules, and what
/// calls it back by its own.
/// </summary>
internal sealed class SimulatedTransport(ITransport inner, SimulatedNetwork network, TimeProvider timeProvider)
    : ITimedTransport
{
    private readonly EventLoop _loop = network.Loop;

    public TransportCapabilities Capabilities => inner.Capabilities;

    public TimeProvider TimeProvider => timeProvider;

    public int JitterSeed => (int)network.Seed;

    public ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default)
    {
        using (_loop.EnterLibrary())
        {
            return ListenThereAsync(localEndPoint, handler, cancellationToken);
        }
    }

    public ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default)
    {
        using (_loop.EnterLibrary())
        {
            return ConnectThereAsync(remoteEndPoint, cancellationToken);
        }
    }

    private async ValueTask<IListener> ListenThereAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken)
    {
        var listener = await inner.ListenAsync(
            localEndPoint, SimulatedHandler.Wrap(handler, _loop), cancellationToken).ConfigureAwait(false);
        return new SimulatedListener(listener, _loop);
    }

    private async ValueTask<IConnection> ConnectThereAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        var connection = await inner.ConnectAsync(remoteEndPoint, cancellationToken).ConfigureAwait(false);
        return new SimulatedConnection(connection, _loop);
    }
}

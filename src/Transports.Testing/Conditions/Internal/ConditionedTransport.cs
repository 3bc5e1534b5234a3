using System.Globalization;
using System.Net;

namespace Transports.Testing;

/// <summary>A transport whose client connections meet <see cref="NetworkConditions"/>.</summary>
internal class ConditionedTransport(
    ITransport transport, NetworkConditions conditions, ulong seed, TimeProvider timeProvider) : ITransport
{
    private int _connections;

    public TransportCapabilities Capabilities => transport.Capabilities;

    public ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default) =>
        transport.ListenAsync(localEndPoint, handler, cancellationToken);

    public async ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default)
    {
        var number = Interlocked.Increment(ref _connections).ToString(CultureInfo.InvariantCulture);
        var inner = await transport.ConnectAsync(remoteEndPoint, cancellationToken).ConfigureAwait(false);
        return new ConditionedConnection(
            inner, transport.Capabilities, Line(number, "there"), Line("there", number));
    }

    private DelayLine Line(string source, string destination)
    {
        var isReliable = transport.Capabilities is { IsReliable: true, IsOrdered: true };
        var applied = isReliable ? conditions with { MtuBytes = 0, Reorder = 0 } : conditions;
        var model = new LinkModel(seed, Substreams.LinkId(source, destination)) { Conditions = applied };
        return new DelayLine(model, isReliable, timeProvider);
    }
}

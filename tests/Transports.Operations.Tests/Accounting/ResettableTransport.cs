using System.Net;

namespace Transports.Operations.Tests.Accounting;

/// <summary>Knows the connection that is in use, so that it can be reset.</summary>
internal sealed class ResettableTransport : ITransport
{
    /// <summary>On a busy machine either side may stand still for a while: that is no failure, and no end.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpTransport _inner = new(new TcpTransportOptions { LingerTimeout = Patience });
    private volatile IConnection? _current;

    public IConnection Current => _current!;

    public TransportCapabilities Capabilities => _inner.Capabilities;

    public ValueTask<IListener> ListenAsync(
        EndPoint localEndPoint, IMessageHandler handler, CancellationToken cancellationToken = default) =>
        _inner.ListenAsync(localEndPoint, handler, cancellationToken);

    public async ValueTask<IConnection> ConnectAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken = default) =>
        _current = await _inner.ConnectAsync(remoteEndPoint, cancellationToken);
}

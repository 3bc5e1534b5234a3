using System.Net;

namespace Transports;

/// <summary>One of the endpoints on which a <see cref="TransportServer"/> listens.</summary>
/// <remarks>Safe to use from any thread.</remarks>
public sealed class ServerListener : IListener
{
    private readonly IListener _listener;
    private volatile bool _isStopping;

    internal ServerListener(TransportEndpoint endpoint, IListener listener)
    {
        Endpoint = endpoint;
        _listener = listener;
    }

    /// <summary>The endpoint that was asked for.</summary>
    public TransportEndpoint Endpoint { get; }

    /// <summary>The transport: connect through it to reach a listener in the same process.</summary>
    public ITransport Transport => Endpoint.Transport;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>
    /// The endpoint really bound, as text: <c>tcp://127.0.0.1:12000?framing=raw</c>.
    /// </summary>
    public EndpointUri Uri => EndpointUri.For(Transport.Capabilities.Scheme, LocalEndPoint, Endpoint.Query);

    /// <inheritdoc/>
    public Task Completion => _listener.Completion;

    /// <summary>Somebody asked it to stop: its end is then no fault.</summary>
    internal bool IsStopping => _isStopping;

    /// <summary>Null for a listener of somebody else's making, which cannot be told to shed load.</summary>
    internal ISheddable? Sheddable => _listener as ISheddable;

    /// <inheritdoc/>
    public ValueTask StopAsync(CancellationToken cancellationToken = default)
    {
        _isStopping = true;
        return _listener.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _isStopping = true;
        return _listener.DisposeAsync();
    }

    /// <summary>The endpoint really bound, as text.</summary>
    public override string ToString() => Uri.ToString();
}

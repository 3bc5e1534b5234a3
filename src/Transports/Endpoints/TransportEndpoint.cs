using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary>A transport and an endpoint on it: what an endpoint URI names.</summary>
/// <remarks>Immutable and safe to use from any thread.</remarks>
public sealed class TransportEndpoint
{
    /// <summary>Joins the two.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="endPoint">An endpoint of a kind that the transport serves.</param>
    /// <param name="query">The options that <see cref="Uri"/> shows; they have no other effect.</param>
    public TransportEndpoint(ITransport transport, EndPoint endPoint, EndpointQuery? query = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(endPoint);
        Transport = transport;
        EndPoint = endPoint;
        Query = query ?? EndpointQuery.Empty;
    }

    /// <summary>The transport.</summary>
    public ITransport Transport { get; }

    /// <summary>The endpoint on it.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The options that <see cref="Uri"/> shows.</summary>
    public EndpointQuery Query { get; }

    /// <summary>
    /// Where this endpoint was written down, such as <c>Transports:Servers:uppercase:Endpoints:1</c>; errors name it.
    /// Null if it comes from code.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>Both as text.</summary>
    public EndpointUri Uri => EndpointUri.For(Transport.Capabilities.Scheme, EndPoint, Query);

    /// <summary>Reads an endpoint URI of one of the schemes <c>tcp</c>, <c>tls</c>, <c>udp</c>, <c>unix</c>.</summary>
    /// <param name="uri">Such as <c>tcp://127.0.0.1:12000?framing=lines</c>.</param>
    /// <param name="loggerFactory">Where the transport logs; null logs nowhere.</param>
    /// <param name="timeProvider">The transport's clock; null is the system's.</param>
    /// <remarks>
    /// <c>memory</c> is not among them: two sides meet in memory only on the same <see cref="InMemoryTransport"/>,
    /// which a text cannot name.
    /// </remarks>
    /// <exception cref="FormatException">The text is faulty; the message names every fault.</exception>
    public static TransportEndpoint Parse(
        string uri, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
        var faults = new List<string>();
        var schemes = new EndpointSchemes(BuiltInSchemes.Create(loggerFactory, timeProvider));
        return schemes.Resolve(uri, faults) ?? throw new FormatException($"{uri}: {string.Join(" ", faults)}");
    }

    /// <summary>Connects to this endpoint.</summary>
    /// <param name="cancellationToken">Gives up the attempt.</param>
    /// <exception cref="ConnectionFailedException">Nobody listens there, or nobody answered in time.</exception>
    public ValueTask<IConnection> ConnectAsync(CancellationToken cancellationToken = default) =>
        Transport.ConnectAsync(EndPoint, cancellationToken);

    /// <summary>Source and URI: how errors name this endpoint.</summary>
    public override string ToString() => Source is null ? $"{Uri}" : $"{Source}: {Uri}";
}

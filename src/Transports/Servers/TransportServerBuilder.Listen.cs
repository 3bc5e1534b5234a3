using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Transports;

public sealed partial class TransportServerBuilder
{
    /// <summary>Listens over TCP on every address: of IPv6 and IPv4 where there is IPv6, else of IPv4.</summary>
    /// <param name="port">The port; 0 lets the system choose one.</param>
    /// <param name="configure">Sets options.</param>
    /// <remarks>To be reached from this machine alone, give <c>new IPEndPoint(IPAddress.Loopback, port)</c>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is not from 0 to 65535.</exception>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public TransportServerBuilder ListenTcp(int port, Action<TcpTransportOptions>? configure = null) =>
        ListenTcp(OnEveryAddress(port), configure);

    /// <summary>Listens over TCP on one address.</summary>
    /// <param name="endPoint">The address and the port; port 0 lets the system choose one.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public TransportServerBuilder ListenTcp(IPEndPoint endPoint, Action<TcpTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return ListenStream(endPoint, configure);
    }

    /// <summary>Listens on a Unix domain socket.</summary>
    /// <param name="path">The path of the socket's file.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="ArgumentException">The path is too long, or an option has a value that cannot be.</exception>
    public TransportServerBuilder ListenUnix(string path, Action<TcpTransportOptions>? configure = null) =>
        ListenStream(new UnixDomainSocketEndPoint(path), configure);

    /// <summary>Listens over UDP on every address: of IPv6 and IPv4 where there is IPv6, else of IPv4.</summary>
    /// <param name="port">The port; 0 lets the system choose one.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is not from 0 to 65535.</exception>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public TransportServerBuilder ListenUdp(int port, Action<UdpTransportOptions>? configure = null) =>
        ListenUdp(OnEveryAddress(port), configure);

    /// <summary>Listens over UDP on one address.</summary>
    /// <param name="endPoint">The address and the port; port 0 lets the system choose one.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public TransportServerBuilder ListenUdp(IPEndPoint endPoint, Action<UdpTransportOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        var options = new UdpTransportOptions();
        configure?.Invoke(options);
        var snapshot = (UdpTransportOptions)options.Snapshot();
        return Listen(provider => new TransportEndpoint(
            new UdpTransport(snapshot, provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>()),
            endPoint));
    }

    /// <summary>Listens in memory.</summary>
    /// <param name="name">The name that clients connect to: <c>new InMemoryEndPoint(name)</c>.</param>
    /// <remarks>
    /// All servers of a container share its one <see cref="InMemoryTransport"/>; clients take the same from there. A
    /// server without a container has one of its own: <see cref="ServerListener.Transport"/>.
    /// </remarks>
    public TransportServerBuilder ListenInMemory(string name)
    {
        var endPoint = new InMemoryEndPoint(name);
        return Listen(provider => new TransportEndpoint(provider.GetRequiredService<InMemoryTransport>(), endPoint));
    }

    /// <summary>Listens on any transport.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="endPoint">An endpoint of a kind that the transport serves.</param>
    public TransportServerBuilder Listen(ITransport transport, EndPoint endPoint)
    {
        var endpoint = new TransportEndpoint(transport, endPoint);
        return Listen(_ => endpoint);
    }

    /// <summary>Listens where an endpoint URI says.</summary>
    /// <param name="uri">Such as <c>tcp://127.0.0.1:12000?framing=lines</c>.</param>
    /// <exception cref="FormatException">
    /// The text is not an endpoint. If its scheme is unknown or its options are faulty, the same exception comes when
    /// the server is made: only then are the schemes known.
    /// </exception>
    public TransportServerBuilder Listen(string uri)
    {
        EndpointUri.Parse(uri);
        return Listen(provider =>
        {
            var faults = new List<string>();
            return provider.GetRequiredService<EndpointSchemes>().ResolveListening(uri, faults)
                ?? throw new FormatException($"Server '{Name}', {uri}: {string.Join(" ", faults)}");
        });
    }

    /// <summary>Listens where an endpoint URI says.</summary>
    /// <exception cref="FormatException">See <see cref="Listen(string)"/>.</exception>
    public TransportServerBuilder Listen(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return Listen(uri.OriginalString);
    }

    /// <summary>Listens on an endpoint that is made with the container: for packages that add a transport.</summary>
    /// <param name="create">Called once, when the server is made; does no I/O.</param>
    public TransportServerBuilder Listen(Func<IServiceProvider, TransportEndpoint> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _endpoints.Add(create);
        return this;
    }

    // IPEndPoint refuses such a port too, but does not say which it was.
    private static IPEndPoint OnEveryAddress(int port)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(port, IPEndPoint.MinPort);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        return new IPEndPoint(EndpointUri.AnyAddress, port);
    }

    private TransportServerBuilder ListenStream(EndPoint endPoint, Action<TcpTransportOptions>? configure)
    {
        var options = new TcpTransportOptions();
        configure?.Invoke(options);
        var snapshot = (TcpTransportOptions)options.Snapshot();
        return Listen(provider => new TransportEndpoint(
            new TcpTransport(snapshot, provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>()),
            endPoint,
            FramingText.ToQuery(snapshot.Framing)));
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>
/// An endpoint as text: <c>tcp://127.0.0.1:12000?framing=lines</c>, <c>udp://[::1]:0</c>, <c>unix:///run/my.sock</c>,
/// <c>memory://name</c>.
/// </summary>
/// <remarks>
/// Immutable. <see cref="ToString"/> gives the text back. Only the form is checked here: what host, path and options
/// mean is for the scheme to say (<see cref="IEndpointScheme"/>).
/// </remarks>
public sealed class EndpointUri
{
    private readonly string _text;

    internal EndpointUri(string text, string scheme, string host, int? port, string path, EndpointQuery query)
    {
        _text = text;
        Scheme = scheme;
        Host = host;
        Port = port;
        Path = path;
        Query = query;
    }

    /// <summary>What stands before <c>://</c>, in lower case.</summary>
    public string Scheme { get; }

    /// <summary>The host, without the brackets of an IPv6 address; empty if there is none.</summary>
    public string Host { get; }

    /// <summary>The port, 0 to 65,535; null if there is none.</summary>
    public int? Port { get; }

    /// <summary>What stands after host and port, with its <c>/</c> and with <c>%20</c> and its like decoded.</summary>
    public string Path { get; }

    /// <summary>The options: what stands after <c>?</c>.</summary>
    public EndpointQuery Query { get; }

    /// <summary>Reads an endpoint.</summary>
    /// <exception cref="FormatException">The text is not of that form; the message says why.</exception>
    public static EndpointUri Parse(string text)
    {
        var faults = new List<string>();
        return TryParse(text, faults, out var uri) ? uri : throw new FormatException(string.Join(" ", faults));
    }

    /// <summary>Reads an endpoint; says in <paramref name="faults"/> why it cannot be read.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, ICollection<string> faults, [NotNullWhen(true)] out EndpointUri? uri)
    {
        ArgumentNullException.ThrowIfNull(faults);
        uri = EndpointUriParser.Parse(text, faults);
        return uri is not null;
    }

    /// <summary>The text for an endpoint that is known already, such as the one really bound.</summary>
    /// <param name="scheme">The transport's <see cref="TransportCapabilities.Scheme"/>.</param>
    /// <param name="endPoint">The endpoint.</param>
    /// <param name="query">The options to show.</param>
    public static EndpointUri For(string scheme, EndPoint endPoint, EndpointQuery? query = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        ArgumentNullException.ThrowIfNull(endPoint);
        query ??= EndpointQuery.Empty;
        return endPoint switch
        {
            IPEndPoint ip => WithHost(scheme, ip.Address.ToString(), ip.Port, query),
            DnsEndPoint dns => WithHost(scheme, dns.Host, dns.Port, query),
            InMemoryEndPoint memory => Make(scheme, memory.Name, null, "", query),
            // TCP's transport serves these too, but a URI tells them apart.
            UnixDomainSocketEndPoint unix =>
                Make(scheme is "tcp" or "tls" ? "unix" : scheme, "", null, $"{unix}", query),
            _ => Make(scheme, $"{endPoint}", null, "", query),
        };
    }

    /// <summary>The IP endpoint that host and port name.</summary>
    /// <remarks>
    /// <c>localhost</c> is 127.0.0.1: one address, so that port 0 is one port. <c>*</c> is every address: of IPv6 and
    /// IPv4 where there is IPv6 (<see cref="IPAddress.IPv6Any"/>), else of IPv4. Any other name is a
    /// <see cref="DnsEndPoint"/>, which one can connect to but not listen on.
    /// </remarks>
    /// <returns>The endpoint; null if there is a fault, which <paramref name="faults"/> then names.</returns>
    public EndPoint? ToIPEndPoint(ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (Path is not ("" or "/"))
        {
            faults.Add($"'{Path}' after the port has no meaning for {Scheme}.");
            return null;
        }

        if (Host.Length == 0 || Port is not { } port)
        {
            faults.Add($"Host and port are needed: {Scheme}://127.0.0.1:12000.");
            return null;
        }

        return Host switch
        {
            "*" => new IPEndPoint(AnyAddress, port),
            "localhost" => new IPEndPoint(IPAddress.Loopback, port),
            _ => IPAddress.TryParse(Host, out var address)
                ? new IPEndPoint(address, port)
                : new DnsEndPoint(Host, port),
        };
    }

    /// <summary>The text of the endpoint.</summary>
    public override string ToString() => _text;

    internal static IPAddress AnyAddress => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    private static EndpointUri WithHost(string scheme, string host, int port, EndpointQuery query) =>
        Make(scheme, host, port, "", query);

    private static EndpointUri Make(string scheme, string host, int? port, string path, EndpointQuery query)
    {
        var written = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : Uri.EscapeDataString(host);
        var number = port is { } value ? string.Create(CultureInfo.InvariantCulture, $":{value}") : "";
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return new EndpointUri($"{scheme}://{written}{number}{escaped}{query}", scheme, host, port, path, query);
    }
}

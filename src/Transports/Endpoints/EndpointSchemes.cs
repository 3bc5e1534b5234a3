using System.Net;

namespace Transports;

/// <summary>All schemes that are known: makes of an endpoint's text the transport and the endpoint.</summary>
/// <remarks>Immutable and safe to use from any thread.</remarks>
public sealed class EndpointSchemes
{
    private readonly Dictionary<string, IEndpointScheme> _schemes = new(StringComparer.Ordinal);

    /// <summary>Collects schemes; of two with the same name the later counts.</summary>
    public EndpointSchemes(IEnumerable<IEndpointScheme> schemes)
    {
        ArgumentNullException.ThrowIfNull(schemes);
        foreach (var scheme in schemes)
        {
            _schemes[scheme.Name] = scheme;
        }
    }

    /// <summary>Makes the transport and the endpoint that <paramref name="text"/> names.</summary>
    /// <remarks>Opens nothing; but files that an option names, such as a certificate, are read.</remarks>
    /// <param name="text">An endpoint URI.</param>
    /// <param name="faults">Gets a line for every fault.</param>
    /// <returns>What the URI names; null if there is a fault.</returns>
    public TransportEndpoint? Resolve(string? text, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (!EndpointUri.TryParse(text, faults, out var uri))
        {
            return null;
        }

        if (!_schemes.TryGetValue(uri.Scheme, out var scheme))
        {
            var known = string.Join(", ", _schemes.Keys.Order(StringComparer.Ordinal));
            faults.Add($"The scheme '{uri.Scheme}' is unknown (known: {known}).");
            return null;
        }

        try
        {
            var before = faults.Count;
            var endpoint = scheme.Resolve(uri, faults);
            return faults.Count == before ? endpoint : null;
        }
        catch (PlatformNotSupportedException exception)
        {
            faults.Add(exception.Message);
            return null;
        }
    }

    /// <summary>The same for an endpoint to listen on: a name of the DNS is a fault there.</summary>
    /// <inheritdoc cref="Resolve"/>
    public TransportEndpoint? ResolveListening(string? text, ICollection<string> faults)
    {
        var endpoint = Resolve(text, faults);
        if (endpoint?.Transport is TcpTransport { CanListen: false })
        {
            faults.Add("To listen with TLS, certificate must be set.");
            return null;
        }

        if (endpoint?.EndPoint is not DnsEndPoint dns)
        {
            return endpoint;
        }

        faults.Add($"To listen, the host must be an IP address, 'localhost' or '*', but is '{dns.Host}'.");
        return null;
    }
}

namespace Transports;

/// <summary><c>memory://name</c>, on the one transport in memory that server and clients share.</summary>
internal sealed class MemoryEndpointScheme(InMemoryTransport transport) : IEndpointScheme
{
    public string Name => "memory";

    public TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults)
    {
        var before = faults.Count;
        if (uri.Host.Length == 0 || uri.Port is not null || uri.Path.Length > 0)
        {
            faults.Add("A name alone is needed: memory://name.");
        }

        // The transport is shared, so an endpoint cannot have options of its own.
        new EndpointQueryReader(uri.Query, faults).Finish();
        return faults.Count > before ? null : new TransportEndpoint(transport, new InMemoryEndPoint(uri.Host));
    }
}

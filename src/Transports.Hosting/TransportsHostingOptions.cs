namespace Transports.Hosting;

/// <summary>
/// Where servers listen, in place of what code says, and how they stop. Filled from the configuration section
/// <c>Transports</c>: <c>"Servers": { "uppercase": { "Endpoints": [ "tcp://127.0.0.1:12000" ] } }</c>.
/// </summary>
/// <remarks>Checked when the host starts; all faults are reported together. Not for use by two threads.</remarks>
public sealed class TransportsHostingOptions
{
    // Keys of configuration do not count case, so names of servers must not either.
    private readonly Dictionary<string, IReadOnlyList<ConfiguredEndpoint>> _endpoints =
        new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The endpoints of each server that has any here; the others listen where code says.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ConfiguredEndpoint>> Endpoints => _endpoints;

    /// <summary>
    /// How long a host that stops still lets peers in, after its readiness has turned off: as long as it takes a load
    /// balancer to notice. Part of the host's shutdown time-out. Default zero; configuration key
    /// <c>Transports:DrainDelay</c>.
    /// </summary>
    public TimeSpan DrainDelay { get; set; }

    /// <summary>What is wrong with the form of the configuration.</summary>
    internal List<string> Faults { get; } = [];

    /// <summary>What validation has made of <see cref="Endpoints"/>, so that no transport is made twice.</summary>
    internal Dictionary<string, TransportEndpoint[]> Resolved { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a server listen on these endpoints and on no others.</summary>
    /// <param name="server">The server's name; case does not count.</param>
    /// <param name="endpoints">The endpoints.</param>
    public void ReplaceEndpoints(string server, IEnumerable<ConfiguredEndpoint> endpoints)
    {
        ArgumentException.ThrowIfNullOrEmpty(server);
        ArgumentNullException.ThrowIfNull(endpoints);
        _endpoints[server] = [.. endpoints];
    }

    /// <summary>The same for endpoints from the command line.</summary>
    /// <param name="server">The server's name; case does not count.</param>
    /// <param name="source">What errors name, such as <c>--endpoint</c>.</param>
    /// <param name="uris">The endpoint URIs.</param>
    public void ReplaceEndpoints(string server, string source, params IEnumerable<string> uris) =>
        ReplaceEndpoints(server, uris.Select(uri => new ConfiguredEndpoint(source, uri)));
}

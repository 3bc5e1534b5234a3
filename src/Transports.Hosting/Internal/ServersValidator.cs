using Microsoft.Extensions.Options;

namespace Transports.Hosting;

/// <summary>Finds all that is wrong with the endpoints, so that it can be reported together.</summary>
internal sealed class ServersValidator(IEnumerable<TransportServer> servers, EndpointSchemes schemes)
    : IValidateOptions<TransportsHostingOptions>
{
    private static readonly TimeSpan MaxDrainDelay = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, TransportsHostingOptions options)
    {
        var faults = new List<string>(options.Faults);
        if (options.DrainDelay < TimeSpan.Zero || options.DrainDelay > MaxDrainDelay)
        {
            faults.Add($"{ServersConfiguration.SectionName}:{nameof(options.DrainDelay)}: must be from 0 to "
                + $"{MaxDrainDelay.TotalHours} h, but is {options.DrainDelay}.");
        }

        foreach (var (server, endpoints) in options.Endpoints)
        {
            if (!servers.Any(registered => IsCalled(registered, server)))
            {
                var key = ServersConfiguration.KeyOf(server);
                var known = string.Join(", ", servers.Select(registered => registered.Name));
                faults.Add($"{key}: no server of this name is registered (known: {known}).");
            }

            var resolved = endpoints.Select(endpoint => Resolve(endpoint, faults));
            options.Resolved[server] = [.. resolved.OfType<TransportEndpoint>()];
        }

        faults.AddRange(servers
            .Where(server => server.Endpoints.Count == 0 && !options.Endpoints.ContainsKey(server.Name))
            .Select(server => $"{ServersConfiguration.KeyOf(server.Name)}: the server has no endpoint to listen on."));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsCalled(TransportServer server, string name) =>
        server.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private TransportEndpoint? Resolve(ConfiguredEndpoint configured, List<string> allFaults)
    {
        var faults = new List<string>();
        var endpoint = schemes.ResolveListening(configured.Uri, faults);
        var place = string.IsNullOrEmpty(configured.Uri) ? configured.Source : $"{configured.Source}: {configured.Uri}";
        allFaults.AddRange(faults.Select(fault => $"{place}: {fault}"));
        return endpoint is null ? null : new TransportEndpoint(endpoint.Transport, endpoint.EndPoint, endpoint.Query)
        {
            Source = configured.Source,
        };
    }
}

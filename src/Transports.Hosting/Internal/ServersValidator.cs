using Microsoft.Extensions.Options;

namespace Transports.Hosting;

/// <summary>Finds all that is wrong with the endpoints, so that it can be reported together.</summary>
internal sealed class ServersValidator(IEnumerable<TransportServer> servers, EndpointSchemes schemes)
    : IValidateOptions<TransportsHostingOptions>
{
    public ValidateOptionsResult Validate(string? name, TransportsHostingOptions options)
    {
        var faults = new List<string>(options.Faults);
        foreach (var (server, endpoints) in options.Endpoints)
        {
            if (!servers.Any(registered => IsCalled(registered, server)))
            {
                var key = ServersConfiguration.KeyOf(server);
                var known = string.Join(", ", servers.Select(registered => registered.Name));
                faults.Add($"{key}: no server of this name is registered (known: {known}).");
            }

            faults.AddRange(endpoints.SelectMany(FaultsOf));
        }

        faults.AddRange(servers
            .Where(server => server.Endpoints.Count == 0 && !options.Endpoints.ContainsKey(server.Name))
            .Select(server => $"{ServersConfiguration.KeyOf(server.Name)}: the server has no endpoint to listen on."));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsCalled(TransportServer server, string name) =>
        server.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<string> FaultsOf(ConfiguredEndpoint endpoint)
    {
        var faults = new List<string>();
        schemes.ResolveListening(endpoint.Uri, faults);
        return faults.Select(fault => $"{endpoint.Source}: {endpoint.Uri}: {fault}");
    }
}

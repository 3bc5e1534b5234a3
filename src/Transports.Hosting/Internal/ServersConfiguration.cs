using Microsoft.Extensions.Configuration;

namespace Transports.Hosting;

/// <summary>
/// Reads the section <c>Transports</c>. By hand, not by the binder: every fault is to name its key, and a key that
/// nobody knows is a fault.
/// </summary>
internal static class ServersConfiguration
{
    public const string SectionName = "Transports";
    public const string ServersName = "Servers";
    private const string EndpointsName = "Endpoints";

    public static void Read(IConfiguration? configuration, TransportsHostingOptions options)
    {
        foreach (var section in configuration?.GetSection(SectionName).GetChildren() ?? [])
        {
            if (!Is(section, ServersName, options))
            {
                continue;
            }

            foreach (var server in section.GetChildren())
            {
                ReadServer(server, options);
            }
        }
    }

    /// <summary>The key under which a server is configured.</summary>
    public static string KeyOf(string server) => ConfigurationPath.Combine(SectionName, ServersName, server);

    private static void ReadServer(IConfigurationSection server, TransportsHostingOptions options)
    {
        foreach (var section in server.GetChildren())
        {
            if (!Is(section, EndpointsName, options))
            {
                continue;
            }

            var endpoints = section.GetChildren()
                .Select(endpoint => new ConfiguredEndpoint(endpoint.Path, endpoint.Value))
                .ToArray();
            if (endpoints.Length == 0)
            {
                options.Faults.Add($"{section.Path}: must be a list of at least one endpoint.");
            }

            options.ReplaceEndpoints(server.Key, endpoints);
        }
    }

    private static bool Is(IConfigurationSection section, string name, TransportsHostingOptions options)
    {
        if (section.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        options.Faults.Add($"{section.Path}: this key is unknown; '{name}' is what may stand there.");
        return false;
    }
}

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
            switch (IsOneOf(section, options, ServersName, nameof(options.DrainDelay)))
            {
                case ServersName:
                    foreach (var server in section.GetChildren())
                    {
                        ReadServer(server, options);
                    }

                    break;
                case nameof(options.DrainDelay):
                    ReadDrainDelay(section, options);
                    break;
            }
        }
    }

    /// <summary>The key under which a server is configured.</summary>
    public static string KeyOf(string server) => ConfigurationPath.Combine(SectionName, ServersName, server);

    private static void ReadServer(IConfigurationSection server, TransportsHostingOptions options)
    {
        foreach (var section in server.GetChildren())
        {
            if (IsOneOf(section, options, EndpointsName) is null)
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

    private static void ReadDrainDelay(IConfigurationSection section, TransportsHostingOptions options)
    {
        if (section.Value is { } text && TimeText.TryParse(text, out var delay))
        {
            options.DrainDelay = delay;
        }
        else
        {
            options.Faults.Add($"{section.Path}: must be a time such as 5s, but is '{section.Value}'.");
        }
    }

    /// <summary>The name that the key is, as it is written here; null, and a fault, when it is none of them.</summary>
    private static string? IsOneOf(
        IConfigurationSection section, TransportsHostingOptions options, params string[] names)
    {
        var name = Array.Find(names, one => section.Key.Equals(one, StringComparison.OrdinalIgnoreCase));
        if (name is null)
        {
            var known = string.Join(", ", names.Select(one => $"'{one}'"));
            options.Faults.Add($"{section.Path}: this key is unknown; {known} is what may stand there.");
        }

        return name;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Transports.Load;

/// <summary>Results as JSON, one file each, so that parts can be measured again.</summary>
internal sealed class ResultStore(string folder)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    public void Save<T>(string name, T result)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(PathOf(name), JsonSerializer.Serialize(result, Options));
    }

    /// <summary>Null if it was not measured.</summary>
    public T? Load<T>(string name)
        where T : class => File.Exists(PathOf(name))
        ? JsonSerializer.Deserialize<T>(File.ReadAllText(PathOf(name)), Options)
        : null;

    /// <summary>Where BenchmarkDotNet leaves its reports when told to use a folder of this name.</summary>
    public string PathOfReports(string name) => Path.Combine(folder, name, "results");

    private string PathOf(string name) => Path.Combine(folder, $"{name}.json");
}

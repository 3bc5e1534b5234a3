using System.Globalization;

namespace Transports.Testing;

/// <summary>The files that a failed run leaves.</summary>
internal static class FailureBundle
{
    /// <summary>Writes them, and returns a line that says where. Nothing that fails here hides the failure.</summary>
    public static async Task<string> WriteAsync(SimulationRun run, string folder, string message)
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{run.Seed}"));
        try
        {
            Directory.CreateDirectory(path);
            await File.WriteAllTextAsync(Path.Combine(path, "failure.txt"), message).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(path, "trace.txt"), run.Trace.ToText()).ConfigureAwait(false);
            await run.Trace.WriteSvgAsync(Path.Combine(path, "trace.svg")).ConfigureAwait(false);
            await run.Trace.WritePcapngAsync(Path.Combine(path, "trace.pcapng")).ConfigureAwait(false);
            return $"All of it is in {path}\n";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"It could not be written to {path}: {exception.Message}\n";
        }
    }
}

using System.Diagnostics;
using Transports.Testing;

namespace Transports.Simulation.Tests.Tracing;

/// <summary>Reads captures as Wireshark does.</summary>
internal static class Tshark
{
    /// <summary>Checks all checksums, and leaves payloads alone: the port belongs to another protocol.</summary>
    private static readonly string[] Settings =
    [
        "-d", "udp.port==12000,data", "-d", "tcp.port==12000,data",
        "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
    ];

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(System.IO.Path.PathSeparator)
        .Select(folder => System.IO.Path.Combine(folder, "tshark"))
        .FirstOrDefault(File.Exists);

    /// <summary>Writes the trace as a capture and returns what tshark prints of it, line by line.</summary>
    public static async Task<string[]> ReadAsync(NetworkTrace trace, params string[] arguments)
    {
        var file = System.IO.Path.GetTempFileName();
        try
        {
            await trace.WritePcapngAsync(file);
            var start = new ProcessStartInfo(Path!, [.. Settings, "-r", file, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, await errors);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Asserts that no packet is malformed and no checksum bad.</summary>
    public static async Task AssertSoundAsync(NetworkTrace trace) => Assert.Empty(await ReadAsync(
        trace,
        "-Y",
        "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0"));
}

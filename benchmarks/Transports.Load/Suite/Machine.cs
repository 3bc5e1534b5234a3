using System.Runtime.InteropServices;

namespace Transports.Load;

/// <summary>What the figures depend on.</summary>
internal sealed record Machine(string Processor, int Cores, string Kernel, string Runtime)
{
    public static Machine Current { get; } = new(
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)),
        $"Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim().Split('-')[0]}",
        RuntimeInformation.FrameworkDescription);
}

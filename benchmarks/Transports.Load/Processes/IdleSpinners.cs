using System.Diagnostics;
using System.Globalization;

namespace Transports.Load;

/// <summary>
/// A process of SCHED_IDLE priority on each core: with one message in flight the wake-up of a sleeping core would
/// otherwise drown everything.
/// </summary>
internal sealed class IdleSpinners : IDisposable
{
    private readonly Process[] _processes;

    public IdleSpinners(CorePlan cores) => _processes = [.. new[] { cores.Server, cores.Client }.Select(Start)];

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private static Process Start(int core) => Process.Start(
        Environment.ProcessPath!, ["spin", core.ToString(CultureInfo.InvariantCulture)]);
}

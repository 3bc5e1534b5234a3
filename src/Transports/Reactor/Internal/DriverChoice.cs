using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>Decides what moves the bytes, and says so.</summary>
internal static class DriverChoice
{
    /// <summary>The reactors to use; null for the portable driver.</summary>
    /// <exception cref="PlatformNotSupportedException">The reactor was asked for and cannot run here.</exception>
    /// <param name="asked">What the options say.</param>
    /// <param name="threads">How many reactors; 0 is one for each core.</param>
    /// <param name="logger">Told what was chosen, and why.</param>
    /// <param name="findObstacle">Asked why what else is needed cannot be had; null if it can.</param>
    public static ReactorGroup? Make(
        TransportDriver asked, int threads, ILogger logger, Func<string?>? findObstacle = null)
    {
        if (asked == TransportDriver.Portable)
        {
            TransportLog.DriverChosen(logger, TransportDriver.Portable, 0, "asked for");
            return null;
        }

        var obstacle = FindObstacle(threads, findObstacle, out var group);
        if (obstacle is null)
        {
            TransportLog.DriverChosen(
                logger, TransportDriver.Reactor, group!.Count, asked == TransportDriver.Auto ? "default" : "asked for");
            return group;
        }

        if (asked == TransportDriver.Reactor)
        {
            throw new PlatformNotSupportedException($"The reactor driver cannot run here: {obstacle}.");
        }

        TransportLog.DriverChosen(logger, TransportDriver.Portable, 0, obstacle);
        return null;
    }

    /// <summary>Why there can be no reactor; null if there can. A container may forbid what the kernel has.</summary>
    private static string? FindObstacle(int threads, Func<string?>? findObstacle, out ReactorGroup? group)
    {
        group = null;
        if (!OperatingSystem.IsLinux())
        {
            return "not Linux";
        }

        try
        {
            group = ReactorGroup.Get(threads);
            return findObstacle?.Invoke();
        }
        catch (Exception exception) when (
            exception is TransportException or DllNotFoundException or EntryPointNotFoundException)
        {
            return exception.Message;
        }
    }
}

using System.Globalization;
using System.Runtime;

namespace Transports.Load.Servers;

/// <summary>
/// How the load program talks to a server: it prints its port when it is ready, then answers each line of its standard
/// input with a number, and ends with it.
/// </summary>
internal static class ServerConsole
{
    public static Task RunAsync(int port)
    {
        Console.WriteLine(port.ToString(CultureInfo.InvariantCulture));

        // A thread of its own: a blocked thread of the pool would make the pool grow.
        return Task.Factory.StartNew(
            Answer, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static void Answer()
    {
        while (Console.ReadLine() is { } line)
        {
            var answer = line switch
            {
                "allocated" => GC.GetTotalAllocatedBytes(precise: true),
                "collect" => Collect(),
                _ => 0,
            };
            Console.WriteLine(answer.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Returns what is in use after everything else was given back to the system.</summary>
    private static long Collect()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }
}

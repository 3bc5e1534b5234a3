using System.Diagnostics;

namespace Soak;

/// <summary>What is in use when nothing should be.</summary>
internal sealed record Counts(
    long Connections, long Observed, long Handling, int Buffers, int Descriptors, int OwnThreads, long HeapBytes)
{
    /// <summary>What the heap may have grown by: caches and pools, not something that grows with the load.</summary>
    private const long HeapSlackBytes = 16 * 1024 * 1024;

    /// <summary>Waits a while for what ends by itself after a stop, then counts.</summary>
    public static async Task<Counts> TakeAsync(Service service)
    {
        var counts = Take(service);
        for (var i = 0; i < 50 && counts is not { Connections: 0, Observed: 0, Handling: 0, Buffers: 0 }; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            counts = Take(service);
        }

        return counts;
    }

    public IEnumerable<string> FaultsSince(Counts before)
    {
        (string Name, long Value)[] mustBeZero =
        [
            ("connections", Connections), ("observed connections", Observed), ("running handlers", Handling),
            ("rented buffers", Buffers),
        ];
        foreach (var (name, value) in mustBeZero.Where(count => count.Value != 0))
        {
            yield return $"{name}: {value} left";
        }

        if (Descriptors > before.Descriptors)
        {
            yield return $"file descriptors: {Descriptors - before.Descriptors} more than before";
        }

        if (OwnThreads > before.OwnThreads)
        {
            yield return $"threads outside the pool: {OwnThreads - before.OwnThreads} more than before";
        }

        if (HeapBytes > before.HeapBytes + HeapSlackBytes)
        {
            yield return $"heap: {HeapBytes - before.HeapBytes:N0} bytes more than before";
        }
    }

    private static Counts Take(Service service)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return new Counts(
            service.ActiveConnections,
            service.Handler.Observed,
            service.Handler.Running,
            service.Pool.Outstanding,
            Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : process.HandleCount,
            process.Threads.Count - ThreadPool.ThreadCount,
            GC.GetTotalMemory(forceFullCollection: true));
    }
}

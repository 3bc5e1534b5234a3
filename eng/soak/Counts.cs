namespace Soak;

/// <summary>What is in use when nothing should be.</summary>
internal sealed record Counts(
    long Connections,
    long Handshakes,
    long Observed,
    long Handling,
    int Buffers,
    int Handles,
    int Sockets,
    int OwnThreads,
    long HeapBytes,
    long ResidentBytes)
{
    /// <summary>What the heap may have grown by: caches and pools, not something that grows with the load.</summary>
    private const long HeapSlackBytes = 16 * 1024 * 1024;

    /// <summary>The runtime gives memory back to the system when it likes.</summary>
    private const long ResidentSlackBytes = 96 * 1024 * 1024;

    /// <summary>Handles that the runtime opens when it first needs them.</summary>
    private const int HandleSlack = 8;

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
            ("connections", Connections), ("handshakes", Handshakes),
            ("observed connections", Observed), ("running handlers", Handling),
            ("rented buffers", Buffers),
        ];
        foreach (var (name, value) in mustBeZero.Where(count => count.Value != 0))
        {
            yield return $"{name}: {value} left";
        }

        if (Sockets > before.Sockets)
        {
            yield return $"sockets: {Sockets - before.Sockets} more than before";
        }

        if (Handles > before.Handles + HandleSlack)
        {
            yield return $"handles: {Handles - before.Handles} more than before";
        }

        if (OwnThreads > before.OwnThreads)
        {
            yield return $"threads of our own: {OwnThreads - before.OwnThreads} more than before";
        }

        if (HeapBytes > before.HeapBytes + HeapSlackBytes)
        {
            yield return $"heap: {HeapBytes - before.HeapBytes:N0} bytes more than before";
        }

        if (ResidentBytes > before.ResidentBytes + ResidentSlackBytes)
        {
            yield return $"resident: {ResidentBytes - before.ResidentBytes:N0} bytes more than before";
        }
    }

    /// <summary>One line of it, for a table.</summary>
    public override string ToString() =>
        $"{Connections} connections, {Handshakes} handshakes, {Handling} handlers, {Buffers} buffers, "
        + $"{Handles} handles ({Sockets} sockets), {OwnThreads} own threads, {HeapBytes / 1048576.0:0.0} MiB heap, "
        + $"{ResidentBytes / 1048576.0:0.0} MiB resident";

    public static int CountHandles() =>
        Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : 0;

    private static Counts Take(Service service)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return new Counts(
            service.ActiveConnections,
            service.PendingHandshakes,
            service.Handler.Observed,
            service.Handler.Running,
            service.Pool.Outstanding,
            CountHandles(),
            CountSockets(),
            CountOwnThreads(),
            GC.GetTotalMemory(forceFullCollection: true),
            Environment.WorkingSet);
    }

    /// <summary>Open sockets of this process, where the system can say; elsewhere 0, which proves nothing.</summary>
    private static int CountSockets() => !Directory.Exists("/proc/self/fd") ? 0 : Directory.GetFiles("/proc/self/fd")
        .Count(path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>
    /// Threads by their names, without those of the runtime and of the reactors: both keep a bounded few to spare.
    /// </summary>
    private static int CountOwnThreads() => !Directory.Exists("/proc/self/task") ? 0 : Directory
        .GetDirectories("/proc/self/task")
        .Select(path => File.ReadAllText(Path.Combine(path, "comm")).Trim())
        .Count(name => !name.StartsWith(".NET", StringComparison.Ordinal)
            && !name.StartsWith("Transports ", StringComparison.Ordinal));
}

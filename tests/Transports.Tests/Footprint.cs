using Transports.Testing;

namespace Transports.Tests;

/// <summary>
/// The most that this process has held, whenever it was measured, beyond what it held before: of both ends, as the
/// attackers live in it too.
/// </summary>
internal sealed class Footprint(CountingBufferPool pool)
{
    private readonly int _descriptorsBefore = CountDescriptors();
    private readonly long _memoryBefore = GC.GetTotalMemory(forceFullCollection: true);
    private int _descriptors;
    private int _buffers;
    private long _memory;

    /// <summary>How many buffers were rented at the most.</summary>
    public int Buffers => _buffers;

    public void Measure()
    {
        _descriptors = Math.Max(_descriptors, CountDescriptors() - _descriptorsBefore);
        _memory = Math.Max(_memory, GC.GetTotalMemory(forceFullCollection: false) - _memoryBefore);
        _buffers = Math.Max(_buffers, pool.Outstanding);
    }

    public override string ToString() =>
        $"{_buffers} buffers, {_descriptors} descriptors of both ends, {_memory / 1048576.0:F0} MiB of managed memory";

    private static int CountDescriptors() =>
        Directory.Exists("/proc/self/fd") ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
}

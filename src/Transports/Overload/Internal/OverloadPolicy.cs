namespace Transports;

/// <summary>Decides from a reading what to shed. Knows no clock, no server and no memory: it is told.</summary>
internal sealed class OverloadPolicy(OverloadOptions options)
{
    private const int Percent = 100;

    private readonly long _maxMemory = options.MaxMemoryBytes
        ?? (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 0.8);

    private readonly long _maxConnections = options.MaxConnections ?? long.MaxValue;
    private readonly long _maxInFlight = options.MaxInFlight ?? long.MaxValue;

    /// <summary>
    /// One step further while anything is over its threshold; back to nothing when all of it is well below; in between
    /// as it was, so that a server at its threshold does not swing.
    /// </summary>
    public ShedLevel Next(ShedLevel level, OverloadReading reading)
    {
        if (IsMemoryOver(reading) || reading.Connections > _maxConnections || reading.InFlight > _maxInFlight)
        {
            return level == ShedLevel.IdleConnections ? level : level + 1;
        }

        var hasRecovered = IsWell(reading.MemoryBytes, _maxMemory)
            && IsWell(reading.Connections, _maxConnections)
            && IsWell(reading.InFlight, _maxInFlight);
        return hasRecovered ? ShedLevel.None : level;
    }

    public bool IsMemoryOver(OverloadReading reading) => reading.MemoryBytes > _maxMemory;

    private bool IsWell(long value, long threshold) =>
        (UInt128)value * Percent <= (UInt128)threshold * (uint)options.RecoverPercent;
}

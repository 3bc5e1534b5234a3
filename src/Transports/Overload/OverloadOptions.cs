namespace Transports;

/// <summary>When a server counts as overloaded, and how it comes back.</summary>
/// <remarks>
/// Looked at once per <see cref="CheckInterval"/>. As long as any threshold is passed, every look goes one step
/// further: first nothing more is read (datagrams are dropped and counted), then new connections are refused, then
/// idle ones are closed. When everything is down to <see cref="RecoverPercent"/> of its threshold, all of it ends at
/// once. Read once, when the server is made; not for use by two threads.
/// </remarks>
public sealed class OverloadOptions
{
    /// <summary>
    /// The memory, in bytes, above which the server is overloaded. Null, the default, is four fifths of what the
    /// process may use (<see cref="GCMemoryInfo.TotalAvailableMemoryBytes"/>, which knows the limit of a container).
    /// </summary>
    public long? MaxMemoryBytes { get; set; }

    /// <summary>
    /// Reads the memory in use, in bytes; called once per look, by a timer. Null, the default, is the managed heap
    /// (<see cref="GC.GetTotalMemory"/>); then a look that finds too much also asks for a collection, since a server
    /// that reads nothing would not cause one.
    /// </summary>
    public Func<long>? ReadMemoryBytes { get; set; }

    /// <summary>
    /// The number of connections on all endpoints together above which the server is overloaded. Null, the default, is
    /// none: each listener has its <see cref="StreamTransportOptions.MaxConnections"/>.
    /// </summary>
    public int? MaxConnections { get; set; }

    /// <summary>
    /// The number of messages in handlers, on all endpoints together, above which the server is overloaded. Null, the
    /// default, is none.
    /// </summary>
    public int? MaxInFlight { get; set; }

    /// <summary>
    /// How far below its threshold, in percent of it, everything must be for the server to recover. From 1 to 100;
    /// default 80.
    /// </summary>
    public int RecoverPercent { get; set; } = 80;

    /// <summary>How often it is looked. From 1 ms to 1 h; default 500 ms.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>For how long a connection must have sent nothing to count as idle. Default 10 s.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Throws when something in here cannot be; names all of it.</summary>
    internal OverloadOptions Snapshot()
    {
        var faults = new List<string>();
        AtLeastOne(faults, MaxMemoryBytes, nameof(MaxMemoryBytes));
        AtLeastOne(faults, MaxConnections, nameof(MaxConnections));
        AtLeastOne(faults, MaxInFlight, nameof(MaxInFlight));
        if (RecoverPercent is < 1 or > 100)
        {
            faults.Add($"{nameof(RecoverPercent)} must be from 1 to 100, but is {RecoverPercent}.");
        }

        if (CheckInterval < TimeSpan.FromMilliseconds(1) || CheckInterval > TimeSpan.FromHours(1))
        {
            faults.Add($"{nameof(CheckInterval)} must be from 1 ms to 1 h, but is {CheckInterval}.");
        }

        if (IdleAfter < TimeSpan.Zero)
        {
            faults.Add($"{nameof(IdleAfter)} must not be negative, but is {IdleAfter}.");
        }

        return faults.Count == 0
            ? (OverloadOptions)MemberwiseClone()
            : throw new ArgumentException(string.Join(" ", faults));
    }

    private static void AtLeastOne(List<string> faults, long? value, string name)
    {
        if (value < 1)
        {
            faults.Add($"{name} must be at least 1, but is {value}.");
        }
    }
}

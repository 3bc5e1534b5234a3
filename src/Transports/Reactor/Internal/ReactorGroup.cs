using System.Collections.Concurrent;
using System.Globalization;

namespace Transports;

/// <summary>Reactors that share the connections of transports: one a core, unless asked otherwise.</summary>
internal sealed class ReactorGroup
{
    private static readonly ConcurrentDictionary<int, Lazy<ReactorGroup>> Groups = new();

    private readonly Reactor[] _reactors;
    private uint _last;

    private ReactorGroup(int count)
    {
        _reactors = [.. Enumerable.Range(0, count).Select(index => new Reactor(
            string.Create(CultureInfo.InvariantCulture, $"Transports reactor {index}")))];
        StuckLeaderWatchdog.Shared.Watch(_reactors);
    }

    public int Count => _reactors.Length;

    /// <summary>See <see cref="Reactor.GatheringObstacle"/>.</summary>
    public string? GatheringObstacle => _reactors[0].GatheringObstacle;

    /// <summary>Transports that ask for the same number share the same threads.</summary>
    public static ReactorGroup Get(int threads) => Groups.GetOrAdd(
        threads == 0 ? Environment.ProcessorCount : threads,
        static count => new Lazy<ReactorGroup>(() => new ReactorGroup(count))).Value;

    /// <summary>The reactor whose turn it is to take a new connection.</summary>
    public Reactor Next() => _reactors[Interlocked.Increment(ref _last) % (uint)_reactors.Length];
}

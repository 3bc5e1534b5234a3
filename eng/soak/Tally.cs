using System.Collections.Concurrent;

namespace Soak;

/// <summary>What was done, and what went wrong.</summary>
internal sealed class Tally
{
    private const int MaxFaults = 20;

    /// <summary>Of so many scenarios one may find the machine too busy for a handshake; more is a fault.</summary>
    private const int ScenariosPerLateConnect = 1_000;

    private readonly ConcurrentDictionary<string, long> _done = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private long _replies;
    private long _wrong;
    private long _faultCount;
    private long _late;

    public IEnumerable<string> Faults => _late * ScenariosPerLateConnect <= _done.Values.Sum()
        ? _faults
        : _faults.Append($"{_late} connects took longer than their time-out: more than a busy machine explains");

    public long Replies => Interlocked.Read(ref _replies);

    public void Done(string scenario) => _done.AddOrUpdate(scenario, 1, static (_, count) => count + 1);

    /// <summary>A reply that was compared with what was sent.</summary>
    public void Verified() => Interlocked.Increment(ref _replies);

    /// <summary>A reply to something else, or to nothing.</summary>
    public void Wrong(string reply)
    {
        Interlocked.Increment(ref _wrong);
        Fault(reply);
    }

    /// <summary>
    /// A connect, with its handshake, that its own time-out ended: who asked was told, so no reply was wrong.
    /// </summary>
    public void Late(string scenario)
    {
        Interlocked.Increment(ref _late);
        Done($"{scenario}: connect over its time-out");
    }

    public void Fault(string fault)
    {
        Interlocked.Increment(ref _faultCount);
        if (_faults.Count < MaxFaults)
        {
            _faults.Enqueue(fault);
            Console.WriteLine($"FAULT {fault}");
        }
    }

    public string Summary() =>
        $"{Replies:N0} replies verified, {_wrong} wrong, {_faultCount - _wrong} other faults, "
        + $"{_late} connects over their time-out\n"
        + string.Join('\n', _done.OrderBy(pair => pair.Key).Select(pair => $"  {pair.Value,10:N0}  {pair.Key}"));
}

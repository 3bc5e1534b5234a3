using System.Collections.Concurrent;

namespace Soak;

/// <summary>What was done, and what went wrong.</summary>
internal sealed class Tally
{
    private const int MaxFaults = 20;

    private readonly ConcurrentDictionary<string, long> _done = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private long _replies;

    public IReadOnlyCollection<string> Faults => _faults;

    public long Replies => Interlocked.Read(ref _replies);

    public void Done(string scenario) => _done.AddOrUpdate(scenario, 1, static (_, count) => count + 1);

    /// <summary>A reply that was compared with what was sent.</summary>
    public void Verified() => Interlocked.Increment(ref _replies);

    public void Fault(string fault)
    {
        if (_faults.Count < MaxFaults)
        {
            _faults.Enqueue(fault);
            Console.WriteLine($"FAULT {fault}");
        }
    }

    public string Summary() => $"{Replies:N0} replies verified\n"
        + string.Join('\n', _done.OrderBy(pair => pair.Key).Select(pair => $"  {pair.Value,10:N0}  {pair.Key}"));
}

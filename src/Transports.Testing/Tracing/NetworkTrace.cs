namespace Transports.Testing;

/// <summary>
/// Everything that happened on a network, in order of virtual time. All members may be used from any thread.
/// </summary>
public sealed partial class NetworkTrace
{
    private readonly Lock _gate = new();
    private readonly Queue<NetworkTraceEvent> _events = new();
    private readonly int _maxEvents;
    private readonly int _maxPayloadBytes;
    private long _lastSequence;
    private long _discardedEvents;

    /// <summary>Makes an empty trace.</summary>
    /// <param name="options">What it keeps; read once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is negative, or no event may be kept.</exception>
    public NetworkTrace(NetworkTraceOptions? options = null)
    {
        options ??= new NetworkTraceOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxEvents);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxPayloadBytes);
        IsEnabled = options.IsEnabled;
        _maxEvents = options.MaxEvents;
        _maxPayloadBytes = options.MaxPayloadBytes;
    }

    /// <summary>Whether events are recorded, or only faults counted.</summary>
    public bool IsEnabled { get; }

    /// <summary>The events that are kept, in order. A copy: what happens later is not in it.</summary>
    public IReadOnlyList<NetworkTraceEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>How many events were left out because of <see cref="NetworkTraceOptions.MaxEvents"/>.</summary>
    public long DiscardedEvents => Interlocked.Read(ref _discardedEvents);

    /// <summary>
    /// Adds an event, and gives it its <see cref="NetworkTraceEvent.Sequence"/>. Does nothing when off.
    /// </summary>
    internal void Record(NetworkTraceEvent item)
    {
        if (!IsEnabled)
        {
            return;
        }

        lock (_gate)
        {
            item.Sequence = ++_lastSequence;
            _events.Enqueue(item);
            if (_events.Count > _maxEvents)
            {
                _events.Dequeue();
                _discardedEvents++;
            }
        }
    }

    /// <summary>The part of a payload that is kept, copied.</summary>
    internal ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> payload) =>
        payload[..Math.Min(payload.Length, _maxPayloadBytes)].ToArray();
}

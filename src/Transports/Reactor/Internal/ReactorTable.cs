namespace Transports;

/// <summary>
/// Finds the target of an event. The key in an event is a slot and that slot's generation, so that an event which was
/// fetched before its target was closed cannot reach the next target in the same slot.
/// </summary>
internal sealed class ReactorTable
{
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private Entry[] _entries = new Entry[64];
    private int _used;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _used - _free.Count;
            }
        }
    }

    public ulong Add(IReactorTarget target)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var slot))
            {
                slot = _used++;
                if (slot == _entries.Length)
                {
                    Array.Resize(ref _entries, 2 * slot);
                }
            }

            _entries[slot].Target = target;
            return ((ulong)_entries[slot].Generation << 32) | (uint)slot;
        }
    }

    public void Remove(ulong key)
    {
        lock (_gate)
        {
            ref var entry = ref _entries[(uint)key];
            if (entry.Generation == (uint)(key >> 32))
            {
                entry.Target = null;
                entry.Generation++;
                _free.Push((int)(uint)key);
            }
        }
    }

    /// <summary>Called without the gate: a resize leaves the old array intact, the generation does the rest.</summary>
    public IReactorTarget? Find(ulong key)
    {
        var entries = Volatile.Read(ref _entries);
        var slot = (uint)key;
        if (slot >= entries.Length)
        {
            return null;
        }

        ref var entry = ref entries[slot];
        var target = Volatile.Read(ref entry.Target);
        return Volatile.Read(ref entry.Generation) == (uint)(key >> 32) ? target : null;
    }

    private struct Entry
    {
        public IReactorTarget? Target;
        public uint Generation;
    }
}

namespace Transports;

/// <summary>
/// Finds the target of an event. The key in an event is a slot and that slot's generation, so that an event which was
/// fetched before its target was closed cannot reach the next target in the same slot.
/// </summary>
internal sealed class ReactorTable
{
    private const int BlockBits = 8;
    private const int BlockSize = 1 << BlockBits;

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private Entry[][] _blocks = [];
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
                if (slot == _blocks.Length * BlockSize)
                {
                    // By blocks, so that neither an old array nor the second half of a new one is held for nothing.
                    Volatile.Write(ref _blocks, [.. _blocks, new Entry[BlockSize]]);
                }
            }

            ref var entry = ref EntryOf((uint)slot);
            entry.Target = target;
            return ((ulong)entry.Generation << 32) | (uint)slot;
        }
    }

    public void Remove(ulong key)
    {
        lock (_gate)
        {
            ref var entry = ref EntryOf((uint)key);
            if (entry.Generation == (uint)(key >> 32))
            {
                entry.Target = null;
                entry.Generation++;
                _free.Push((int)(uint)key);
            }
        }
    }

    /// <summary>Called without the gate: a block stays where it is, the generation does the rest.</summary>
    public IReactorTarget? Find(ulong key)
    {
        var blocks = Volatile.Read(ref _blocks);
        var slot = (uint)key;
        if (slot >> BlockBits >= blocks.Length)
        {
            return null;
        }

        ref var entry = ref blocks[slot >> BlockBits][slot & (BlockSize - 1)];
        var target = Volatile.Read(ref entry.Target);
        return Volatile.Read(ref entry.Generation) == (uint)(key >> 32) ? target : null;
    }

    private ref Entry EntryOf(uint slot) => ref _blocks[slot >> BlockBits][slot & (BlockSize - 1)];

    private struct Entry
    {
        public IReactorTarget? Target;
        public uint Generation;
    }
}

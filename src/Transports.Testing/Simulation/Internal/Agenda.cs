namespace Transports.Testing;

/// <summary>What will happen, ordered by time and then by when it was put here: a binary heap.</summary>
internal sealed class Agenda
{
    private Entry[] _heap = new Entry[64];
    private int _count;
    private long _lastSequence;

    public int Count => _count;

    /// <summary>How many packets are under way.</summary>
    public int Traffic { get; private set; }

    /// <summary>When the next thing happens; <see cref="long.MaxValue"/> if nothing ever does.</summary>
    public long NextTicks
    {
        get
        {
            while (_count > 0 && !_heap[0].Item.IsDue)
            {
                Take().Forget();
            }

            return _count == 0 ? long.MaxValue : _heap[0].Ticks;
        }
    }

    public void Add(long ticks, ITimed item)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _count);
        }

        Traffic += item.IsTraffic ? 1 : 0;
        var entry = new Entry(ticks, ++_lastSequence, item);
        var index = _count++;
        while (index > 0)
        {
            var parent = (index - 1) / 2;
            if (!entry.IsBefore(_heap[parent]))
            {
                break;
            }

            _heap[index] = _heap[parent];
            index = parent;
        }

        _heap[index] = entry;
    }

    public ITimed Take()
    {
        var item = _heap[0].Item;
        var last = _heap[--_count];
        _heap[_count] = default;
        if (_count > 0)
        {
            Sink(last);
        }

        Traffic -= item.IsTraffic ? 1 : 0;
        return item;
    }

    private void Sink(Entry entry)
    {
        var index = 0;
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && _heap[child + 1].IsBefore(_heap[child]))
            {
                child++;
            }

            if (!_heap[child].IsBefore(entry))
            {
                break;
            }

            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = entry;
    }

    private readonly record struct Entry(long Ticks, long Sequence, ITimed Item)
    {
        public bool IsBefore(in Entry other) =>
            Ticks < other.Ticks || (Ticks == other.Ticks && Sequence < other.Sequence);
    }
}

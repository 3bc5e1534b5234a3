namespace Transports;

/// <summary>Keeps up to <paramref name="capacity"/> objects for use again; more are left to the collector.</summary>
internal sealed class ObjectPool<T>(Func<T> create, int capacity)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly Stack<T> _free = new();

    public T Rent()
    {
        lock (_gate)
        {
            if (_free.TryPop(out var item))
            {
                return item;
            }
        }

        return create();
    }

    public void Return(T item)
    {
        lock (_gate)
        {
            if (_free.Count < capacity)
            {
                _free.Push(item);
            }
        }
    }
}

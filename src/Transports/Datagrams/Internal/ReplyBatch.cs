namespace Transports;

/// <summary>Replies that are collected while a batch is handled, and leave together.</summary>
/// <remarks>
/// For one thread, but for one moment: when its thread gets stuck in a handler, what was collected before that message
/// is the next leader's, who sends it, and the rest stays with the thread. Neither touches the other's part, and
/// whoever has done last with it gives it back.
/// </remarks>
internal sealed class ReplyBatch(DatagramArena? arena)
{
    public const int Capacity = 256;

    private DatagramArena? _arena = arena;
    private int _left;

    public Datagram[] Datagrams { get; } = new Datagram[Capacity];

    public int Count { get; private set; }

    /// <summary>How many there were before the message that is being handled.</summary>
    public int Marked { get; private set; }

    /// <summary>It has to leave before anything else is collected, or that would need a buffer of its own.</summary>
    public bool IsFull => Count == Capacity || _arena is { IsFull: true };

    /// <summary>Room for a reply behind those that are there; null where there is none, or too little.</summary>
    public Datagram? Reserve(int least) => _arena?.Reserve(Count, least);

    public void Add(Datagram datagram)
    {
        if (datagram.Pinned != 0)
        {
            _arena?.Commit(datagram);
        }

        Datagrams[Count++] = datagram;
    }

    /// <summary>Begins another message.</summary>
    public void Mark()
    {
        Marked = Count;
        _arena?.Mark();
    }

    /// <summary>Takes back the last reply of the message that is being handled; null when there is none.</summary>
    public Datagram? TakeBack()
    {
        if (Count > Marked)
        {
            return Datagrams[--Count];
        }

        _arena?.Rewind();
        return null;
    }

    /// <summary>
    /// A handler that goes on elsewhere may have begun a reply in the arena. It keeps that piece, and as such handlers
    /// come again, replies are written in buffers of their own from now on.
    /// </summary>
    /// <remarks>
    /// What the handler does meanwhile, on another thread, is not asked: the arena alone knows what it gave.
    /// </remarks>
    public void LeaveArenaIfReserved()
    {
        if (_arena is { IsReserved: true })
        {
            _arena = null;
        }
    }

    /// <summary>All of them have left.</summary>
    public void Reset()
    {
        Array.Clear(Datagrams, 0, Count);
        (Count, Marked, _left) = (0, 0, 0);
        _arena?.Reset();
    }

    /// <summary>One of the two that share it has done with it; true for the second.</summary>
    public bool Leave() => Interlocked.Exchange(ref _left, 1) != 0;
}

namespace Transports;

/// <summary>
/// The threads that can lead one reactor or receive loop: one leads, others that were stuck wait for their turn.
/// </summary>
internal sealed class LeaderThreads(string name, Action lead)
{
    /// <summary>More than so many spare threads end instead of waiting.</summary>
    private const int MaxSpare = 4;

    private readonly Lock _gate = new();
    private readonly Stack<SemaphoreSlim> _spare = new();
    private bool _isOver;

    /// <summary>Lets a thread that is not leading lead; makes one if there is none to spare.</summary>
    public void Promote()
    {
        lock (_gate)
        {
            if (_spare.TryPop(out var waiting))
            {
                waiting.Release();
                return;
            }
        }

        try
        {
            // Whoever happens to open the first socket is not the parent of what this thread will handle.
            new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads. Somebody has to lead: the pool may still have one.
            ThreadPool.UnsafeQueueUserWorkItem(_ => Run(), null);
        }
    }

    /// <summary>
    /// Nobody will lead any more: the threads end. Called by the last leader; those that wait are let through, and must
    /// find nothing to do.
    /// </summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            while (_spare.TryPop(out var waiting))
            {
                waiting.Release();
            }
        }
    }

    private void Run()
    {
        using var promoted = new SemaphoreSlim(0);
        do
        {
            lead();
            lock (_gate)
            {
                if (_isOver || _spare.Count >= MaxSpare)
                {
                    return;
                }

                _spare.Push(promoted);
            }

            promoted.Wait();
        }
        while (true);
    }
}

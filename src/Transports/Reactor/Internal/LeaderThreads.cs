namespace Transports;

/// <summary>The threads that can lead one reactor: one leads, others that were stuck wait for their turn.</summary>
internal sealed class LeaderThreads(string name, Action lead)
{
    /// <summary>More than so many spare threads end instead of waiting.</summary>
    private const int MaxSpare = 4;

    private readonly Lock _gate = new();
    private readonly Stack<SemaphoreSlim> _spare = new();

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

        new Thread(Run) { IsBackground = true, Name = name }.Start();
    }

    private void Run()
    {
        using var promoted = new SemaphoreSlim(0);
        do
        {
            lead();
            lock (_gate)
            {
                if (_spare.Count >= MaxSpare)
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

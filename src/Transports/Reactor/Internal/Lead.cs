namespace Transports;

/// <summary>
/// One thread's time as the one of several that goes on (leader/followers). It says when it calls something that may
/// block; who sees it stuck there takes the lead from it, and it finds on its return that it leads no more. What it
/// wrote before is seen by the next leader.
/// </summary>
/// <remarks>
/// The leader pays no atomic operation for a dispatch: it writes how far it is, and then reads whether the lead is
/// being taken. Who takes it writes that first, has every processor finish what it was writing, and then reads how far
/// the leader is: either it has come on, or it will see that it lost the lead.
/// </remarks>
internal sealed class Lead
{
    private readonly Lock _gate = new();

    // Odd during a dispatch. Goes on from leader to leader: no number is ever seen again.
    private long _step;
    private bool _isTaken;

    /// <summary>The number of the dispatch that is going on, or 0: two equal readings mean no progress.</summary>
    public long Dispatching => Volatile.Read(ref _step) is var step && (step & 1) != 0 ? step : 0;

    /// <summary>From now on the lead can be taken; for the leader only.</summary>
    public void Begin()
    {
        Volatile.Write(ref _step, _step + 1);

        // After the line above: a watchdog that goes to sleep looks once more when it has said so.
        StuckLeaderWatchdog.Shared.Wake();
    }

    /// <summary>The dispatch has ended; for the leader only.</summary>
    /// <returns>False when the lead was taken meanwhile.</returns>
    public bool TryEnd()
    {
        Volatile.Write(ref _step, _step + 1);
        return !Volatile.Read(ref _isTaken) || !IsLost();
    }

    /// <summary>Takes the lead from a leader that is stuck in that dispatch.</summary>
    /// <returns>The next leader's; null when it is not stuck there any more.</returns>
    public Lead? TryTake(long dispatch)
    {
        lock (_gate)
        {
            if (_isTaken)
            {
                return null;
            }

            Volatile.Write(ref _isTaken, true);
            Interlocked.MemoryBarrierProcessWide();
            if (Volatile.Read(ref _step) == dispatch)
            {
                return new Lead { _step = dispatch + 1 };
            }

            Volatile.Write(ref _isTaken, false);
            return null;
        }
    }

    /// <summary>Somebody is taking the lead, or has tried to.</summary>
    private bool IsLost()
    {
        lock (_gate)
        {
            return _isTaken;
        }
    }
}

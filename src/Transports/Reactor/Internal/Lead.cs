namespace Transports;

/// <summary>
/// Which of several threads goes on (leader/followers). The leader says when it calls something that may block; who
/// sees it stuck there takes the lead from it, and the leader finds on its return that it leads no more. Either is one
/// compare-and-swap on the number of the dispatch, and what the leader wrote before is seen by the next one.
/// </summary>
internal sealed class Lead
{
    private const long Nobody = 0;

    private long _last;
    private long _dispatching = Nobody;

    /// <summary>The number of the dispatch that is going on, or 0: two equal readings mean no progress.</summary>
    public long Dispatching => Volatile.Read(ref _dispatching);

    /// <summary>From now on the lead can be taken; for the leader only.</summary>
    /// <returns>The number of this dispatch.</returns>
    public long Begin()
    {
        var dispatch = ++_last;
        Volatile.Write(ref _dispatching, dispatch);

        // After the line above: a watchdog that goes to sleep looks once more when it has said so.
        StuckLeaderWatchdog.Shared.Wake();
        return dispatch;
    }

    /// <summary>
    /// Ends that dispatch: for the leader in order to go on, for anybody else in order to take the lead.
    /// </summary>
    /// <returns>False for who came too late.</returns>
    public bool TryEnd(long dispatch) =>
        Interlocked.CompareExchange(ref _dispatching, Nobody, dispatch) == dispatch;
}

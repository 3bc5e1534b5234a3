namespace Transports;

/// <summary>Somebody whose leader may get stuck; see <see cref="Lead"/>. Called by the watchdog.</summary>
internal interface IWatchedLead
{
    /// <summary>See <see cref="Lead.Dispatching"/>.</summary>
    long Dispatching { get; }

    /// <summary>Takes the lead from the thread that is still in that dispatch, and gives it to another.</summary>
    void HandOnLead(long dispatch);
}

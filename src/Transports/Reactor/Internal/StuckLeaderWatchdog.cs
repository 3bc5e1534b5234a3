using System.Diagnostics.CodeAnalysis;

namespace Transports;

/// <summary>
/// Looks every 10 ms whether a leader is stuck in one dispatch, and hands the lead on when it sees the same dispatch
/// twice. Sleeps while no leader has anything to do.
/// </summary>
/// <remarks>This watches real threads, so it goes by the machine's own clock.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed class StuckLeaderWatchdog
{
    private const int TickMilliseconds = 10;

    /// <summary>After so many ticks without any dispatch under way it goes to sleep.</summary>
    private const int QuietTicks = 10;

    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
    private Watched[] _watched = [];
    private bool _isAwake;
    private Thread? _thread;

    public static StuckLeaderWatchdog Shared { get; } = new();

    public void Watch(params IEnumerable<IWatchedLead> leads)
    {
        lock (_gate)
        {
            if (_thread is null)
            {
                // Noted once it runs: where the system gives no thread now, the next who asks tries again.
                var thread = new Thread(Run) { IsBackground = true, Name = "Transports watchdog" };
                thread.UnsafeStart();
                _thread = thread;
            }

            _watched = [.. _watched, .. leads.Select(lead => new Watched(lead))];
        }
    }

    public void Unwatch(IWatchedLead lead)
    {
        lock (_gate)
        {
            _watched = [.. _watched.Where(watched => watched.Lead != lead)];
        }
    }

    /// <summary>A leader has something to do. Costs one read while the watchdog is awake.</summary>
    public void Wake()
    {
        if (!Volatile.Read(ref _isAwake))
        {
            Volatile.Write(ref _isAwake, true);
            _wake.Set();
        }
    }

    private void Run()
    {
        while (true)
        {
            _wake.Wait();
            _wake.Reset();
            Patrol();
        }
    }

    private void Patrol()
    {
        using var tick = new ManualResetEventSlim(initialState: false, spinCount: 0);
        var quiet = 0;
        while (quiet < QuietTicks)
        {
            tick.Wait(TickMilliseconds);
            quiet = Look() ? 0 : quiet + 1;
        }

        Volatile.Write(ref _isAwake, false);

        // A leader may have begun between the last look and the line above without seeing that it had to wake us. It
        // pays for no barrier between saying that it has begun and looking whether we are awake: this one is for both.
        Interlocked.MemoryBarrierProcessWide();
        if (Look())
        {
            Wake();
        }
    }

    /// <summary>True when a dispatch was under way or one has been since the last look.</summary>
    private bool Look()
    {
        var active = false;
        foreach (var watched in Volatile.Read(ref _watched))
        {
            active |= watched.Look();
        }

        return active;
    }

    private sealed class Watched(IWatchedLead lead)
    {
        private long _seen;

        public IWatchedLead Lead => lead;

        public bool Look()
        {
            var dispatch = lead.Dispatching;
            if (dispatch != 0 && dispatch == _seen)
            {
                lead.HandOnLead(dispatch);
            }

            _seen = dispatch;
            return dispatch != 0;
        }
    }
}

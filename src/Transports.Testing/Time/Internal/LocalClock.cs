namespace Transports.Testing;

/// <summary>
/// A clock that runs beside a virtual one, at a rate of its own. It is adjusted under the virtual clock's lock
/// (<see cref="VirtualTimeProvider.Adjust"/>), and read from any thread.
/// </summary>
internal sealed class LocalClock(VirtualTimeProvider time)
{
    private const long Nominal = 1_000_000_000;

    private volatile Run _run = new(0, 0, Nominal);

    /// <summary>How far it has come since it was made.</summary>
    public long NowTicks
    {
        get
        {
            while (true)
            {
                // Read anew if it was adjusted in between: otherwise it could go back.
                var run = _run;
                var now = run.ToLocal(time.GetTimestamp());
                if (run == _run)
                {
                    return now;
                }
            }
        }
    }

    /// <summary>How much faster than the virtual clock it runs, in parts per billion.</summary>
    public long DriftPartsPerBillion => _run.PerBillion - Nominal;

    /// <summary>Whether its timers do not fire though they are due. The clock goes on.</summary>
    public bool HoldsTimers { get; set; }

    /// <summary>What it shows when the virtual clock shows this.</summary>
    public long ToLocal(long ticks) => _run.ToLocal(ticks);

    /// <summary>What the virtual clock shows when one of its timers is to fire: never before it is due.</summary>
    public long ToDue(long localTicks) => HoldsTimers ? long.MaxValue : _run.ToTicks(localTicks);

    /// <summary>Lets it run at another rate from now on; what it shows does not jump.</summary>
    public void SetDrift(long partsPerBillion, long nowTicks) =>
        _run = new Run(nowTicks, ToLocal(nowTicks), Nominal + partsPerBillion);

    /// <summary>A stretch of time in which the rate does not change. In whole numbers, so that nothing is rounded
    /// twice: a timer that fires is due.</summary>
    private sealed record Run(long SinceTicks, long LocalTicks, long PerBillion)
    {
        public long ToLocal(long ticks) => PerBillion == Nominal
            ? LocalTicks + (ticks - SinceTicks)
            : LocalTicks + (long)((Int128)(ticks - SinceTicks) * PerBillion / Nominal);

        public long ToTicks(long localTicks) => PerBillion == Nominal
            ? SinceTicks + (localTicks - LocalTicks)
            : SinceTicks + (long)((((Int128)(localTicks - LocalTicks) * Nominal) + PerBillion - 1) / PerBillion);
    }
}

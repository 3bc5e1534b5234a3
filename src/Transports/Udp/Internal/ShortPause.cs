namespace Transports;

/// <summary>Sleeps for a moment that is too short for the framework's timers, which count milliseconds.</summary>
internal static unsafe class ShortPause
{
    private const int Nanoseconds = 20_000;

    [ThreadStatic]
    private static bool _isExact;

    /// <summary>
    /// Sleeps for 20 µs. The thread's later waits are exact too, and those of threads that it starts: the system may
    /// end them 50 µs late otherwise (timer slack, prctl(2)), to wake several threads at once.
    /// </summary>
    public static void Take()
    {
        if (!_isExact)
        {
            // Where it is refused the pause is longer.
            _ = LibC.ControlThread(LibC.SetTimerSlack, 1, 0, 0, 0);
            _isExact = true;
        }

        // Interrupted, it is shorter.
        var time = new LibC.TimeSpec { Nanoseconds = Nanoseconds };
        _ = LibC.Sleep(&time, null);
    }
}

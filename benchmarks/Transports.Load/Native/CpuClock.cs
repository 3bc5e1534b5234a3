namespace Transports.Load;

/// <summary>
/// The processor time of another process, user and system, in nanoseconds: its POSIX CPU clock, which counts up to now
/// (the jiffies of <c>/proc/PID/stat</c> are too coarse for half a second).
/// </summary>
internal readonly unsafe struct CpuClock(int processId)
{
    // clock_getcpuclockid: the process's number inverted, above two bits that ask for the scheduler's count.
    private readonly int _clock = (~processId << 3) | 2;

    public long Nanoseconds
    {
        get
        {
            Libc.TimeSpec time;
            SocketCalls.Check(Libc.ClockGetTime(_clock, &time), "clock_gettime");
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }
}

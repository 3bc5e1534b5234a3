using System.Diagnostics;

namespace Transports.Load;

/// <summary>
/// Loads one server from one thread with an epoll set of its own. Allocates nothing while it runs; every reply is
/// compared with what was sent, and a wrong one ends the run.
/// </summary>
internal abstract class LoadClient : IDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    protected Epoll Epoll { get; } = new();

    protected LoadShape Shape { get; private set; }

    protected Histogram Histogram { get; } = new();

    protected long Completed { get; set; }

    protected long Lost { get; set; }

    protected static long Now => Stopwatch.GetTimestamp();

    /// <summary>Runs for a while unmeasured, then for the slice; waits for the last replies outside of it.</summary>
    public SliceResult Run(LoadShape shape, TimeSpan ramp, TimeSpan slice, CpuClock server)
    {
        Shape = shape;
        var lost = Lost;
        Start();
        Work(Now + Ticks(ramp), refill: true);

        Histogram.Clear();
        var completed = Completed;
        var cpu = server.Nanoseconds;
        var begin = Now;
        Work(begin + Ticks(slice), refill: true);
        var result = new SliceResult
        {
            Messages = Completed - completed,
            Seconds = (Now - begin) / (double)Stopwatch.Frequency,
            CpuMicroseconds = (server.Nanoseconds - cpu) / 1000.0,
            P50Microseconds = Histogram.Percentile(50) / 1000.0,
            P99Microseconds = Histogram.Percentile(99) / 1000.0,
            P999Microseconds = Histogram.Percentile(99.9) / 1000.0,
        };
        Drain();
        return result with { Lost = Lost - lost };
    }

    /// <summary>Sends one message on every connection and waits for all the replies.</summary>
    public void AskOnce()
    {
        StartOnce();
        Drain();
    }

    public virtual void Dispose() => Epoll.Dispose();

    protected static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Sends what may be in flight.</summary>
    protected abstract void Start();

    protected abstract void StartOnce();

    /// <summary>Takes replies, and sends more if it refills, until then.</summary>
    protected abstract void Work(long until, bool refill);

    protected abstract bool IsIdle { get; }

    /// <summary>Called when replies have not come in time: datagrams are lost, bytes are not.</summary>
    protected abstract void GiveUp();

    private void Drain()
    {
        var limit = Now + Ticks(DrainLimit);
        while (!IsIdle && Now < limit)
        {
            Work(Now + Ticks(TimeSpan.FromMilliseconds(5)), refill: false);
        }

        if (!IsIdle)
        {
            GiveUp();
        }
    }
}

using System.Globalization;

namespace Transports.Load;

/// <summary>Which core a thread runs on, and when.</summary>
internal static unsafe class Scheduling
{
    private const int IdlePolicy = 5;
    private const int MaskBytes = 128;

    /// <summary>All threads of this process; those to come inherit it.</summary>
    public static void PinProcess(int core)
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
        {
            Pin(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), core);
        }
    }

    /// <summary>This thread, and processes that it starts.</summary>
    public static void PinThread(int core) => Pin(0, core);

    /// <summary>Burns what nobody else wants, so that the core never sleeps. Does not return.</summary>
    public static void SpinIdle(int core)
    {
        PinProcess(core);
        var priority = 0;
        SocketCalls.Check(Libc.SetScheduler(0, IdlePolicy, &priority), "sched_setscheduler");
        while (true)
        {
            Thread.SpinWait(1000);
        }
    }

    private static void Pin(int thread, int core)
    {
        var mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        mask[core / 8] = (byte)(1 << (core % 8));
        SocketCalls.Check(Libc.SetAffinity(thread, MaskBytes, mask), "sched_setaffinity");
    }
}

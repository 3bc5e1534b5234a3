using System.Runtime.InteropServices;

namespace Transports;

/// <summary>How exactly a thread waits (prctl(2), nanosleep(2)).</summary>
internal static unsafe partial class LibC
{
    public const int SetTimerSlack = 29;

    [LibraryImport(Library, EntryPoint = "prctl")]
    public static partial int ControlThread(int option, nint value, nint third, nint fourth, nint fifth);

    [LibraryImport(Library, EntryPoint = "nanosleep")]
    public static partial int Sleep(TimeSpec* time, TimeSpec* left);

    /// <summary><c>struct timespec</c>.</summary>
    public struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}

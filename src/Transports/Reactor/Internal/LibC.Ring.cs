using System.Runtime.InteropServices;

namespace Transports;

/// <summary>The system calls of io_uring(7), for which the C library has no names.</summary>
internal static unsafe partial class LibC
{
    // New system calls have the same numbers on all architectures.
    private const nint RingSetup = 425;
    private const nint RingEnter = 426;
    private const nint RingEnterGetEvents = 1;

    private const int ProtectReadWrite = 3;
    private const int MapSharedPopulated = 0x8001;
    private const nint MapFailed = -1;

    public static int CreateRing(uint entries, void* parameters) =>
        (int)syscall(RingSetup, (nint)entries, (nint)parameters, 0, 0, 0, 0);

    /// <summary>Hands so many entries to the kernel, and waits until as many have ended.</summary>
    /// <returns>How many were taken; negative for <see cref="LastError"/>.</returns>
    public static int EnterRing(int ring, int entries) =>
        (int)syscall(RingEnter, ring, entries, entries, RingEnterGetEvents, 0, 0);

    /// <summary>Memory that is shared with the kernel; null for <see cref="LastError"/>.</summary>
    public static byte* Map(int descriptor, nint length, nint offset)
    {
        var address = mmap(0, length, ProtectReadWrite, MapSharedPopulated, descriptor, offset);
        return address == MapFailed ? null : (byte*)address;
    }

    [LibraryImport(Library, EntryPoint = "munmap")]
    public static partial int Unmap(void* address, nint length);

    [LibraryImport(Library)]
    private static partial nint syscall(
        nint number, nint first, nint second, nint third, nint fourth, nint fifth, nint sixth);

    [LibraryImport(Library)]
    private static partial nint mmap(
        nint address, nint length, int protection, int flags, int descriptor, nint offset);
}

using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// The few system calls of Linux that the framework has no name for, and those of a connection: its
/// <see cref="System.Net.Sockets.Socket"/> would hold more memory than all that we know of it. Everything else about a
/// socket is done through the framework.
/// </summary>
internal static unsafe partial class LibC
{
    public const int EpollCtlAdd = 1;
    public const int EpollCtlDelete = 2;
    public const int EpollCtlModify = 3;

    public const uint EpollIn = 0x001;
    public const uint EpollOut = 0x004;
    public const uint EpollError = 0x008;
    public const uint EpollHangUp = 0x010;
    public const uint EpollPeerHangUp = 0x2000;
    public const uint EpollEdge = 1u << 31;

    public const int MessageNoSignal = 0x4000;
    public const int SocketNonBlocking = 0x800;
    public const int SocketCloseOnExec = 0x80000;

    public const int FamilyUnix = 1;
    public const int FamilyInternet = 2;
    public const int FamilyInternetV6 = 10;
    public const int SocketStream = 1;
    public const int LevelSocket = 1;
    public const int OptionError = 4;

    public const int ShutdownSend = 1;
    public const int ShutdownBoth = 2;

    public const int Eintr = 4;
    public const int Ebadf = 9;
    public const int Eagain = 11;
    public const int Enomem = 12;
    public const int Enfile = 23;
    public const int Emfile = 24;
    public const int Emsgsize = 90;
    public const int Einprogress = 115;

    private const string Library = "libc";
    private const int EpollCloseOnExec = 0x80000;
    private const int EventNonBlocking = 0x800;
    private const int EventCloseOnExec = 0x80000;
    private const int LimitDescriptors = 7;
    private const int GetDescriptorFlags = 1;

    public static int CreateEpoll() => epoll_create1(EpollCloseOnExec);

    public static int CreateEvent() => eventfd(0, EventCloseOnExec | EventNonBlocking);

    /// <summary>Whether that number is a file descriptor of the process at the moment.</summary>
    public static bool IsOpen(int descriptor) => fcntl(descriptor, GetDescriptorFlags) >= 0;

    /// <summary>How many file descriptors the process may have; the most there can be when that is not told.</summary>
    public static long DescriptorLimit()
    {
        var softAndHard = stackalloc ulong[2];
        return getrlimit(LimitDescriptors, softAndHard) == 0 && *softAndHard < long.MaxValue
            ? (long)*softAndHard
            : long.MaxValue;
    }

    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, void* change);

    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, void* events, int count, int timeoutMilliseconds);

    /// <summary>
    /// Why the last call of this thread failed: for <see cref="Receive"/> and <see cref="Send"/>, which are called for
    /// every message. Having errno cleared before each and kept after it cost 2 % of a message; it is read only after
    /// a failure, at once.
    /// </summary>
    public static int LastError => Marshal.GetLastSystemError();

    [LibraryImport(Library, EntryPoint = "recv")]
    public static partial nint Receive(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "send")]
    public static partial nint Send(int descriptor, byte* buffer, nint length, int flags);

    [LibraryImport(Library, EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int descriptor, void* address, void* length, int flags);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int CreateSocket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(int descriptor, void* address, int* length);

    [LibraryImport(Library, EntryPoint = "getpeername", SetLastError = true)]
    public static partial int GetPeerName(int descriptor, void* address, int* length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int descriptor, int level, int option, void* value, int* length);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int descriptor, byte* address, int length);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nint length);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport(Library)]
    private static partial int fcntl(int descriptor, int command);
}

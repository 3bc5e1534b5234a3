using System.Runtime.InteropServices;

namespace Transports;

/// <summary>The calls that move many datagrams at once (recvmmsg(2), sendmmsg(2), udp(7)).</summary>
internal static unsafe partial class LibC
{
    public const int MessageTruncated = 0x20;
    public const int MessageDontWait = 0x40;
    public const int MessageWaitForOne = 0x10000;

    public const int OptionOverflow = 40;
    public const int LevelIPv4 = 0;
    public const int OptionPacketIPv4 = 8;
    public const int LevelIPv6 = 41;
    public const int OptionReceivePacketIPv6 = 49;
    public const int OptionPacketIPv6 = 50;

    public const int LevelUdp = 17;
    public const int OptionSegment = 103;
    public const int OptionReceiveJoined = 104;

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(
        int descriptor, MultiMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMany(int descriptor, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(
        int descriptor, byte* buffer, nint length, int flags, byte* address, int addressLength);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int descriptor, int level, int option, void* value, int length);

    /// <summary><c>struct iovec</c>.</summary>
    public struct IoVector
    {
        public byte* Start;
        public nint Length;
    }

    /// <summary><c>struct msghdr</c> as the kernel reads it; the padding must be zero where libc reads less.</summary>
    public struct MessageHeader
    {
        public byte* Name;
        public nint NameLength;
        public IoVector* Vectors;
        public nint VectorCount;
        public byte* Control;
        public nint ControlLength;
        public nint Flags;
    }

    /// <summary><c>struct mmsghdr</c>.</summary>
    public struct MultiMessageHeader
    {
        public MessageHeader Header;
        public nint Length;
    }

    /// <summary><c>struct cmsghdr</c>; its data follows.</summary>
    public struct ControlHeader
    {
        public nint Length;
        public int Level;
        public int Type;
    }
}

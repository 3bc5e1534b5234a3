using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// <c>struct epoll_event</c>. The kernel packs it on x86-64 only, so that its size is 12 there and 16 elsewhere; the
/// fields are therefore read and written at offsets chosen by architecture.
/// </summary>
internal static unsafe class EpollEvent
{
    public static readonly int Bytes = IsPacked ? 12 : 16;

    private static readonly int DataOffset = IsPacked ? 4 : 8;

    private static bool IsPacked => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    public static void Write(byte* entry, uint events, ulong data)
    {
        Unsafe.WriteUnaligned(entry, events);
        Unsafe.WriteUnaligned(entry + DataOffset, data);
    }

    public static uint Events(byte* entry) => Unsafe.ReadUnaligned<uint>(entry);

    public static ulong Data(byte* entry) => Unsafe.ReadUnaligned<ulong>(entry + DataOffset);
}

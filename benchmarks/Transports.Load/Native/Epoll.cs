using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Transports.Load;

/// <summary>An epoll set. The kernel's structure is packed on x64 and not elsewhere.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int MaxEvents = 512;
    private const uint In = 1;
    private const uint Out = 4;
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = Stride - sizeof(long);
    private readonly int _descriptor = Libc.EpollCreate(Libc.CloseOnExec);
    private readonly byte* _events = (byte*)NativeMemory.Alloc(MaxEvents * 16);

    public void Add(int socket, int index) => Control(1, socket, index, In);

    public void Modify(int socket, int index, bool output) => Control(3, socket, index, output ? In | Out : In);

    /// <summary>Waits; returns how many events there are. 0 ms does not block.</summary>
    public int Wait(int milliseconds) => Math.Max(0, Libc.EpollWait(_descriptor, _events, MaxEvents, milliseconds));

    /// <summary>The index that the socket of an event was added with.</summary>
    public int Index(int at) => Unsafe.ReadUnaligned<int>(_events + (at * Stride) + DataOffset);

    public bool CanSend(int at) => (Unsafe.ReadUnaligned<uint>(_events + (at * Stride)) & Out) != 0;

    public void Dispose()
    {
        _ = Libc.Close(_descriptor);
        NativeMemory.Free(_events);
    }

    private void Control(int operation, int socket, int index, uint events)
    {
        var item = stackalloc byte[16];
        Unsafe.WriteUnaligned(item, events);
        Unsafe.WriteUnaligned(item + DataOffset, (long)index);
        SocketCalls.Check(Libc.EpollControl(_descriptor, operation, socket, item), "epoll_ctl");
    }
}

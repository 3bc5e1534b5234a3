using System.Net;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// Where datagrams that shall leave together are written one behind the other, in memory that does not move: a channel
/// that sends from there needs neither a copy nor a buffer for each, and finds those for one peer in one piece.
/// </summary>
internal sealed class DatagramArena
{
    private const int Bytes = 128 * 1024;

    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
    private readonly Datagram[] _datagrams;
    private readonly nint _start;
    private int _used;
    private int _mark;

    public DatagramArena(int capacity, SocketAddress noAddress)
    {
        _start = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _datagrams = new Datagram[capacity];
        for (var index = 0; index < capacity; index++)
        {
            _datagrams[index] = new Datagram(default, noAddress);
        }
    }

    /// <summary>
    /// True when something was reserved and neither committed nor given up by beginning another message.
    /// </summary>
    public bool IsReserved { get; private set; }

    /// <summary>True when there may be too little left for another reply.</summary>
    public bool IsFull => Bytes - _used < DatagramWriter.SmallestBuffer;

    /// <summary>All that is left, as the datagram in that place of the batch; null when it is too little.</summary>
    public Datagram? Reserve(int place, int least)
    {
        if (place >= _datagrams.Length || Bytes - _used < least)
        {
            return null;
        }

        var datagram = _datagrams[place];
        datagram.BorrowPinned(_memory.AsMemory(_used), _start + _used);
        IsReserved = true;
        return datagram;
    }

    /// <summary>Keeps the datagram that was reserved last, with the length that it has now.</summary>
    public void Commit(Datagram datagram)
    {
        _used += datagram.Length;
        IsReserved = false;
    }

    /// <summary>The first datagrams that were committed.</summary>
    public ReadOnlyMemory<Datagram> First(int count) => _datagrams.AsMemory(0, count);

    public void Mark()
    {
        _mark = _used;
        IsReserved = false;
    }

    public void Rewind() => _used = _mark;

    public void Reset() => (_used, _mark) = (0, 0);
}

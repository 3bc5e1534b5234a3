using System.Net;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// Where the replies of one batch are written one behind the other, in memory that does not move: a channel that sends
/// from there needs neither a copy nor a buffer for each, and finds those for one peer in one piece.
/// </summary>
internal sealed class ReplyArena
{
    private const int Bytes = 128 * 1024;

    private readonly byte[] _memory = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
    private readonly Datagram[] _replies;
    private readonly nint _start;
    private int _used;
    private int _mark;

    public ReplyArena(int maxReplies, SocketAddress noAddress)
    {
        _start = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _replies = new Datagram[maxReplies];
        for (var index = 0; index < maxReplies; index++)
        {
            _replies[index] = new Datagram(default, noAddress);
        }
    }

    /// <summary>All that is left, as the reply in that place of the batch; null when it is too little.</summary>
    public Datagram? Reserve(int place, int least)
    {
        if (Bytes - _used < least)
        {
            return null;
        }

        var reply = _replies[place];
        reply.BorrowPinned(_memory.AsMemory(_used), _start + _used);
        return reply;
    }

    /// <summary>True for a reply that was written here.</summary>
    public bool Holds(Datagram reply, int place) => ReferenceEquals(_replies[place], reply);

    /// <summary>Keeps the reply that was reserved last.</summary>
    public void Commit(Datagram reply) => _used += reply.Length;

    public void Mark() => _mark = _used;

    public void Rewind() => _used = _mark;

    public void Reset() => (_used, _mark) = (0, 0);
}

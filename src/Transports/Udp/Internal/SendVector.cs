using System.Net;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// Sends many datagrams with one call (sendmmsg(2)), and those of one size for one peer as a single message that the
/// system cuts up (UDP_SEGMENT, udp(7)). Not for two threads at once.
/// </summary>
internal sealed unsafe class SendVector
{
    private const int MaxMessages = 256;

    // UDP_MAX_SEGMENTS was 64 in the first kernels that had it; the bytes must fit one IPv6 packet without extensions.
    private const int MaxSegments = 64;
    private const int MaxJoinedBytes = 65_000;
    private const int AddressBytes = 32;
    private const int ControlBytes = ControlMessage.MostBytesWritten;
    private const int CopyBytes = 128 * 1024;

    private readonly LibC.MultiMessageHeader* _headers;
    private readonly LibC.IoVector* _vectors;
    private readonly byte* _heads;
    private readonly int[] _ends = new int[MaxMessages];
    private readonly bool _isIPv6;
    private byte* _copies;
    private int _copied;
    private int _messages;
    private int _taken;
    private int _vector;

    public SendVector(bool isIPv6)
    {
        _isIPv6 = isIPv6;
        _headers = (LibC.MultiMessageHeader*)NativeMemory.AllocZeroed(
            MaxMessages, (nuint)sizeof(LibC.MultiMessageHeader));
        _vectors = (LibC.IoVector*)NativeMemory.AllocZeroed(MaxMessages, (nuint)sizeof(LibC.IoVector));
        _heads = (byte*)NativeMemory.AllocZeroed(MaxMessages, AddressBytes + ControlBytes);
    }

    ~SendVector()
    {
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_heads);
        NativeMemory.Free(_copies);
    }

    /// <summary>True when the first message of the last call was several datagrams in one.</summary>
    public bool IsFirstJoined => _ends[0] > 1;

    /// <summary>Sends what there is room for.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="batch">At least one datagram.</param>
    /// <param name="isConnected">The socket knows its peer: no addresses are given.</param>
    /// <param name="longestSegment">Only datagrams up to this length are joined; 0 joins none.</param>
    /// <param name="sent">How many left, from the first on.</param>
    /// <returns>0, or the number of the error that kept the first from leaving.</returns>
    public int Send(
        int descriptor, ReadOnlySpan<Datagram> batch, bool isConnected, int longestSegment, out int sent)
    {
        (_messages, _taken, _vector, _copied, sent) = (0, 0, 0, 0, 0);
        while (_taken < batch.Length && _messages < MaxMessages
            && TryAdd(batch[_taken..], isConnected, longestSegment))
        {
            _messages++;
        }

        int count;
        do
        {
            count = LibC.SendMany(descriptor, _headers, (uint)_messages, LibC.MessageNoSignal);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == LibC.Eintr);

        if (count <= 0)
        {
            return count == 0 ? LibC.Eagain : Marshal.GetLastPInvokeError();
        }

        sent = _ends[count - 1];
        return 0;
    }

    /// <summary>
    /// How many from the first on can leave as one: for one peer, from one address, all of one size but the last.
    /// </summary>
    internal static int CountRun(ReadOnlySpan<Datagram> batch, bool isConnected, int longestSegment)
    {
        var first = batch[0];
        var length = first.Length;
        if (length == 0 || length > longestSegment)
        {
            return 1;
        }

        var most = Math.Min(batch.Length, Math.Min(MaxSegments, MaxJoinedBytes / length));
        var run = 1;
        while (run < most && batch[run] is var next && next.Length > 0 && next.Length <= length
            && (isConnected || IsSame(first.Address, next.Address))
            && first.LocalAddress == next.LocalAddress)
        {
            run++;
            if (next.Length < length)
            {
                break;
            }
        }

        return run;
    }

    private static bool IsSame(SocketAddress one, SocketAddress other) =>
        ReferenceEquals(one, other)
        || one.Buffer.Span[..one.Size].SequenceEqual(other.Buffer.Span[..other.Size]);

    private bool TryAdd(ReadOnlySpan<Datagram> rest, bool isConnected, int longestSegment)
    {
        var run = CountRun(rest, isConnected, longestSegment);
        if (_vector + run > MaxMessages)
        {
            return false;
        }

        var first = _vector;
        var joined = 0;
        while (joined < run && TryAppend(rest[joined], first))
        {
            joined++;
        }

        if (joined == 0)
        {
            return false;
        }

        ref var header = ref _headers[_messages].Header;
        header.Vectors = _vectors + first;
        header.VectorCount = _vector - first;
        SetAddress(ref header, isConnected ? null : rest[0].Address);
        SetControls(ref header, joined == 1 ? 0 : rest[0].Length, rest[0].LocalAddress);
        _taken += joined;
        _ends[_messages] = _taken;
        return true;
    }

    /// <summary>Replies written one behind the other are one piece of memory, from the message's first on.</summary>
    /// <returns>False when the room for copies is full; what was joined so far is a message too.</returns>
    private bool TryAppend(Datagram datagram, int first)
    {
        var start = Locate(datagram);
        if (start is null)
        {
            return false;
        }

        if (_vector > first && _vectors[_vector - 1] is var last && last.Start + last.Length == start)
        {
            _vectors[_vector - 1].Length = last.Length + datagram.Length;
        }
        else
        {
            _vectors[_vector++] = new LibC.IoVector { Start = start, Length = datagram.Length };
        }

        return true;
    }

    /// <summary>Where the payload is, or a copy of it if it may move; null when there is no room for one.</summary>
    private byte* Locate(Datagram datagram)
    {
        if (datagram.Pinned != 0)
        {
            return (byte*)datagram.Pinned;
        }

        if (_copied + datagram.Length > CopyBytes)
        {
            return null;
        }

        if (_copies is null)
        {
            _copies = (byte*)NativeMemory.Alloc(CopyBytes);
        }

        var copy = _copies + _copied;
        datagram.Payload.Span.CopyTo(new Span<byte>(copy, datagram.Length));
        _copied += datagram.Length;
        return copy;
    }

    private void SetAddress(ref LibC.MessageHeader header, SocketAddress? address)
    {
        if (address is null)
        {
            header.Name = null;
            header.NameLength = 0;
            return;
        }

        header.Name = _heads + (_messages * (AddressBytes + ControlBytes));
        header.NameLength = address.Size;
        address.Buffer.Span[..address.Size].CopyTo(new Span<byte>(header.Name, AddressBytes));
    }

    private void SetControls(ref LibC.MessageHeader header, int segmentLength, UInt128 localAddress)
    {
        header.Control = null;
        header.ControlLength = 0;
        if (segmentLength == 0 && localAddress == default)
        {
            return;
        }

        header.Control = _heads + (_messages * (AddressBytes + ControlBytes)) + AddressBytes;
        var room = new Span<byte>(header.Control, ControlBytes);
        var used = segmentLength == 0 ? 0 : ControlMessage.WriteSegmentLength(room, segmentLength);
        header.ControlLength = localAddress == default
            ? used
            : used + ControlMessage.WriteLocalAddress(room[used..], localAddress, _isIPv6);
    }
}

using System.Buffers;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// Receives many datagrams with one call (recvmmsg(2)) into memory of its own, and lends that to slots. Not for two
/// threads at once.
/// </summary>
/// <remarks>
/// Each buffer holds the largest datagram, but the system provides its memory only where something was received. How
/// many are asked for doubles when a call yields as many, and falls when it yields few: a quiet socket has few.
/// </remarks>
internal sealed unsafe class ReceiveVector
{
    /// <summary>Vectors that nobody uses at the moment.</summary>
    public static readonly ObjectPool<ReceiveVector> Pool = new(static () => new ReceiveVector(), 16);

    private const int MaxMessages = 64;
    private const int FirstMessages = 8;
    private const int AddressBytes = 32;
    private const int ControlBytes = 96;
    private const int LargestReceive = ushort.MaxValue;

    // Not a power of two: buffers at equal distances of one would all fall on the same lines of the cache.
    private const int BufferBytes = LargestReceive + 1 + 192;
    private const int HeadBytes = AddressBytes + ControlBytes;

    private readonly LibC.MultiMessageHeader* _headers;
    private readonly LibC.IoVector* _vectors;
    private readonly byte* _heads;
    private readonly ReceiveBuffer?[] _buffers = new ReceiveBuffer?[MaxMessages];
    private int _asked = FirstMessages;
    private int _prepared;
    private int _used;
    private int _received;
    private int _message;
    private int _segment;
    private JoinedDatagram _joined;
    private UInt128 _localAddress;

    public ReceiveVector()
    {
        _headers = (LibC.MultiMessageHeader*)NativeMemory.AllocZeroed(
            MaxMessages, (nuint)sizeof(LibC.MultiMessageHeader));
        _vectors = (LibC.IoVector*)NativeMemory.AllocZeroed(MaxMessages, (nuint)sizeof(LibC.IoVector));
        _heads = (byte*)NativeMemory.AllocZeroed(MaxMessages, HeadBytes);
        for (var index = 0; index < MaxMessages; index++)
        {
            ref var header = ref _headers[index].Header;
            header.Name = _heads + (index * HeadBytes);
            header.Vectors = _vectors + index;
            header.VectorCount = 1;
            header.Control = header.Name + AddressBytes;
        }
    }

    ~ReceiveVector()
    {
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_heads);
    }

    /// <summary>True when all that was received has been dealt out.</summary>
    public bool IsEmpty => _message == _received;

    /// <summary>How many messages the last receive yielded; each may be many joined datagrams.</summary>
    public int Count => _received;

    /// <summary>Who sent all that the last receive yielded, if that was one message: a digest of the address.</summary>
    public ulong? LoneSender => _received == 1 ? DigestOfSender() : null;

    /// <summary>True when the last receive yielded less than it could: the socket was empty then.</summary>
    public bool IsShort { get; private set; }

    /// <summary>
    /// How many datagrams the socket had dropped for want of room, as last heard; 0 when it has not said.
    /// </summary>
    public uint Overflow { get; private set; }

    /// <summary>Forgets what was not dealt out, and gives the vector to whoever needs one next.</summary>
    public void Release()
    {
        (_received, _message, _segment) = (0, 0, 0);
        Pool.Return(this);
    }

    /// <summary>Receives; only when it is empty.</summary>
    /// <returns>0, or the number of the error.</returns>
    public int Receive(int descriptor, int flags)
    {
        PrepareHeaders();
        (_received, _message, _segment, Overflow) = (0, 0, 0, 0);
        var count = LibC.ReceiveMany(descriptor, _headers, (uint)_asked, flags, timeout: null);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        (_received, _used, IsShort) = (count, count, count < _asked);
        Adapt(count);
        return 0;
    }

    /// <summary>
    /// Deals out datagrams in the order of their arrival, to be used until it receives again or is released.
    /// </summary>
    /// <param name="slots">
    /// Those that have a buffer of their own get a copy there, and a larger one where they need it.
    /// </param>
    /// <param name="pool">Where larger buffers come from.</param>
    /// <param name="maxBytes">A datagram longer than this is only marked as cut.</param>
    /// <returns>How many slots were filled.</returns>
    public int Deal(Span<Datagram> slots, ArrayPool<byte> pool, int maxBytes)
    {
        var filled = 0;
        while (filled < slots.Length && _message < _received)
        {
            if (_segment == 0)
            {
                ReadHead();
            }

            var count = _joined.Count;
            while (_segment < count && filled < slots.Length)
            {
                Fill(slots[filled++], _joined.OffsetOf(_segment), _joined.LengthOf(_segment), pool, maxBytes);
                _segment++;
            }

            if (_segment == count)
            {
                _message++;
                _segment = 0;
            }
        }

        return filled;
    }

    /// <summary>Only those that the last receive used, and those that were never asked for, need it.</summary>
    private void PrepareHeaders()
    {
        for (var index = 0; index < _used; index++)
        {
            Prepare(index);
        }

        for (; _prepared < _asked; _prepared++)
        {
            Prepare(_prepared);
        }

        _used = 0;
    }

    /// <summary>Undoes what a receive did to the header, and replaces a buffer that somebody keeps.</summary>
    private void Prepare(int index)
    {
        ref var header = ref _headers[index].Header;
        header.NameLength = AddressBytes;
        header.ControlLength = ControlBytes;
        if (_buffers[index] is null or { IsKept: true })
        {
            var buffer = new ReceiveBuffer(BufferBytes);
            _buffers[index] = buffer;
            _vectors[index] = new LibC.IoVector { Start = (byte*)buffer.Start, Length = LargestReceive };
        }
    }

    private void Fill(Datagram slot, int offset, int length, ArrayPool<byte> pool, int maxBytes)
    {
        slot.LocalAddress = _localAddress;
        slot.IsTruncated = length > maxBytes || ((int)_headers[_message].Header.Flags & LibC.MessageTruncated) != 0;
        var buffer = _buffers[_message]!;
        if (!slot.HasBuffer)
        {
            slot.Lend(buffer, offset, length);
            return;
        }

        slot.CopyAddress(buffer.Sender);
        if (slot.IsTruncated)
        {
            slot.Length = 0;
            return;
        }

        if (slot.Buffer.Length < length)
        {
            slot.RentBuffer(pool, length);
        }

        buffer.Bytes.AsSpan(offset, length).CopyTo(slot.Buffer.Span);
        slot.Length = length;
    }

    /// <summary>What the system says about the message beside its bytes: who sent it, and no more for most.</summary>
    private void ReadHead()
    {
        ref var message = ref _headers[_message];
        var segmentLength = 0;
        _localAddress = default;
        var rest = new ReadOnlySpan<byte>(
            message.Header.Control, (int)Math.Min(message.Header.ControlLength, ControlBytes));
        while (ControlMessage.TryRead(ref rest, out var control))
        {
            switch (control.Kind)
            {
                case ControlKind.SegmentLength:
                    segmentLength = (int)control.Number;
                    break;
                case ControlKind.Overflow:
                    Overflow = control.Number;
                    break;
                case ControlKind.LocalAddress:
                    _localAddress = control.Address;
                    break;
                default:
                    break;
            }
        }

        _buffers[_message]!.SetSender(
            new ReadOnlySpan<byte>(message.Header.Name, (int)(uint)message.Header.NameLength));
        _joined = new JoinedDatagram((int)message.Length, segmentLength);
    }

    /// <summary>All of an IPv4 address and its port; of an IPv6 address whatever tells most peers apart.</summary>
    private ulong DigestOfSender()
    {
        var words = new ReadOnlySpan<ulong>(_headers[0].Header.Name, AddressBytes / sizeof(ulong));
        return words[0] ^ words[1] ^ words[2];
    }

    private void Adapt(int count)
    {
        if (count == _asked)
        {
            _asked = Math.Min(2 * _asked, MaxMessages);
        }
        else if (count < _asked / 4 && _asked > FirstMessages)
        {
            _asked /= 2;
        }
    }
}

using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>
/// A slot for one datagram: its bytes, and the peer that sent it or shall get it. Slots are used again and again, so
/// that a datagram costs no allocation.
/// </summary>
/// <remarks>Belongs to whoever was handed it last; not for use by two threads at once.</remarks>
public sealed class Datagram
{
    private readonly SocketAddress _ownAddress;
    private Datagram[]? _alone;
    private int _length;
    private byte[]? _rented;
    private ReceiveBuffer? _lent;

    /// <summary>Makes a slot.</summary>
    /// <param name="buffer">Room for the payload.</param>
    /// <param name="address">Room for the peer's address; its family says how large it must be.</param>
    public Datagram(Memory<byte> buffer, SocketAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Buffer = buffer;
        Address = _ownAddress = address;
    }

    /// <summary>The room for the payload. A channel receives into it, and never keeps it.</summary>
    public Memory<byte> Buffer { get; private set; }

    /// <summary>How many bytes of <see cref="Buffer"/> are payload; 0 is an empty datagram, which is legal.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0, or more than the buffer holds.</exception>
    public int Length
    {
        get => _length;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)Buffer.Length, nameof(value));
            _length = value;
        }
    }

    /// <summary>
    /// The peer. A channel overwrites the address, or sets another object that it does not change while it is here.
    /// </summary>
    public SocketAddress Address { get; set; }

    /// <summary>True when the datagram was longer than <see cref="Buffer"/> and the rest is lost.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>The bytes that were received, or are to be sent.</summary>
    public ReadOnlyMemory<byte> Payload => Buffer[..Length];

    /// <summary>Where the payload is, if it is in memory that does not move; else 0.</summary>
    internal nint Pinned { get; private set; }

    /// <summary>
    /// The address of this machine that it came to, and that it shall leave from; 0 where nobody asked the system. See
    /// <see cref="PeerAddress.ToKey(SocketAddress, System.Net.Sockets.AddressFamily)"/>.
    /// </summary>
    internal UInt128 LocalAddress { get; set; }

    /// <summary>True for a slot with a buffer of its own: what it receives is copied there.</summary>
    internal bool HasBuffer => _rented is not null;

    /// <summary>This slot as a batch of one.</summary>
    internal Datagram[] Alone => _alone ??= [this];

    /// <summary>
    /// Gives the slot a rented buffer that holds at least that much, keeping the first bytes of the old.
    /// </summary>
    internal void RentBuffer(ArrayPool<byte> pool, int capacity, int keep = 0)
    {
        var larger = pool.Rent(capacity);
        Buffer.Span[..keep].CopyTo(larger);
        ReleaseBuffer(pool);
        _rented = larger;
        Buffer = larger;
    }

    /// <summary>Gives the rented buffer back; the slot is empty afterwards.</summary>
    /// <returns>False when there was none.</returns>
    internal bool ReleaseBuffer(ArrayPool<byte> pool)
    {
        _length = 0;
        (Buffer, Pinned) = (default, 0);
        if (_lent is not null)
        {
            (_lent, Address) = (null, _ownAddress);
        }

        // A reply in the arena has none, as a rule: the exchange would be a good part of what it costs.
        if (_rented is null || Interlocked.Exchange(ref _rented, null) is not { } rented)
        {
            return false;
        }

        pool.Return(rented);
        return true;
    }

    /// <summary>
    /// Makes the slot a piece of what a channel received. It is there until the channel receives again, unless somebody
    /// keeps it.
    /// </summary>
    internal void Lend(ReceiveBuffer buffer, int offset, int length)
    {
        (Buffer, _length) = (buffer.Bytes.AsMemory(offset, length), length);
        if (!ReferenceEquals(_lent, buffer))
        {
            (_lent, Address) = (buffer, buffer.Sender);
        }
    }

    /// <summary>What was lent stays with the slot; for the thread that receives, before it receives again.</summary>
    internal void Keep() => _lent?.Keep();

    /// <summary>Makes the slot say what shall be sent, without copying it: sending only reads.</summary>
    internal void Borrow(ReadOnlyMemory<byte> payload)
    {
        Buffer = MemoryMarshal.AsMemory(payload);
        _length = payload.Length;
    }

    /// <summary>Makes the slot a piece of memory that does not move.</summary>
    internal void BorrowPinned(Memory<byte> buffer, nint start)
    {
        _length = 0;
        (Buffer, Pinned) = (buffer, start);
    }

    /// <summary>Takes over the bytes of an address that its owner will change.</summary>
    internal void CopyAddress(SocketAddress address)
    {
        if (Address.Buffer.Length < address.Size)
        {
            Address = new SocketAddress(address.Family, address.Size);
        }

        address.Buffer.Span[..address.Size].CopyTo(Address.Buffer.Span);
        Address.Size = address.Size;
    }
}

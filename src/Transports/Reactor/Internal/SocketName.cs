using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>The two ends of a socket, as endpoints of the kind that a given one is.</summary>
internal static unsafe class SocketName
{
    /// <summary>As long as any (sockaddr_storage).</summary>
    public const int MaxBytes = 128;

    /// <summary>This side's end; null if it has no name, or none any more.</summary>
    public static EndPoint? OfThisEnd(int descriptor, EndPoint like)
    {
        var name = stackalloc byte[MaxBytes];
        var length = MaxBytes;
        return LibC.GetSocketName(descriptor, name, &length) == 0 ? Read(name, length, like) : null;
    }

    /// <summary>The peer's end; null if it has no name, or has left.</summary>
    public static EndPoint? OfPeer(int descriptor, EndPoint like)
    {
        var name = stackalloc byte[MaxBytes];
        var length = MaxBytes;
        return LibC.GetPeerName(descriptor, name, &length) == 0 ? Read(name, length, like) : null;
    }

    /// <summary>What the system wrote; null for the end of a Unix socket that has no name.</summary>
    /// <param name="name">What it wrote.</param>
    /// <param name="length">How much that is.</param>
    /// <param name="like">An endpoint of the same kind.</param>
    public static EndPoint? Read(byte* name, int length, EndPoint like)
    {
        if (length <= sizeof(ushort))
        {
            return null;
        }

        var bytes = new ReadOnlySpan<byte>(name, length);
        return like is IPEndPoint
            ? new IPEndPoint(ReadAddress(bytes, likely: null), ReadPort(bytes))
            : SocketEndPoints.Normalize(ReadPath(bytes, like));
    }

    /// <summary>
    /// The address in sockaddr_in or sockaddr_in6, an IPv4 one also where it is mapped; a SocketAddress would leave two
    /// objects behind for each peer.
    /// </summary>
    /// <param name="name">What the system wrote.</param>
    /// <param name="likely">An address that it may well be: then it is shared and not made again.</param>
    public static IPAddress ReadAddress(ReadOnlySpan<byte> name, IPAddress? likely)
    {
        var isIPv4 = MemoryMarshal.Read<ushort>(name) == LibC.FamilyInternet;
        var bytes = isIPv4 ? name.Slice(4, 4) : name.Slice(8, 16);
        if (!isIPv4 && bytes.StartsWith(PeerAddress.MappedPrefix))
        {
            isIPv4 = true;
            bytes = bytes[PeerAddress.MappedPrefix.Length..];
        }

        if (!isIPv4)
        {
            return new IPAddress(bytes, MemoryMarshal.Read<uint>(name[24..]));
        }

        Span<byte> known = stackalloc byte[16];
        return likely is not null && likely.TryWriteBytes(known, out var length) && bytes.SequenceEqual(known[..length])
            ? likely
            : new IPAddress(bytes);
    }

    /// <summary>The port in sockaddr_in or sockaddr_in6.</summary>
    public static ushort ReadPort(ReadOnlySpan<byte> name) => BinaryPrimitives.ReadUInt16BigEndian(name[2..]);

    private static EndPoint ReadPath(ReadOnlySpan<byte> name, EndPoint like)
    {
        var address = new SocketAddress(like.AddressFamily, name.Length);
        name.CopyTo(address.Buffer.Span);
        return like.Create(address);
    }
}

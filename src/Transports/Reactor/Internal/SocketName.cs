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
    /// <param name="likely">An address that it may well be: then it is shared and not made again.</param>
    public static EndPoint? Read(byte* name, int length, EndPoint like, IPAddress? likely = null)
    {
        if (length <= sizeof(ushort))
        {
            return null;
        }

        var bytes = new ReadOnlySpan<byte>(name, length);
        return SocketEndPoints.Normalize(like is IPEndPoint ? ReadAddress(bytes, likely) : ReadPath(bytes, like));
    }

    /// <summary>sockaddr_in and sockaddr_in6; a SocketAddress would leave two objects behind for each peer.</summary>
    private static IPEndPoint ReadAddress(ReadOnlySpan<byte> name, IPAddress? likely)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        return MemoryMarshal.Read<ushort>(name) == LibC.FamilyInternet
            ? new IPEndPoint(IsLikely(name.Slice(4, 4)) ? likely! : new IPAddress(name.Slice(4, 4)), port)
            : new IPEndPoint(new IPAddress(name.Slice(8, 16), MemoryMarshal.Read<uint>(name[24..])), port);

        bool IsLikely(ReadOnlySpan<byte> address)
        {
            Span<byte> bytes = stackalloc byte[16];
            return likely is not null && likely.TryWriteBytes(bytes, out var length)
                && address.SequenceEqual(bytes[..length]);
        }
    }

    private static EndPoint ReadPath(ReadOnlySpan<byte> name, EndPoint like)
    {
        var address = new SocketAddress(like.AddressFamily, name.Length);
        name.CopyTo(address.Buffer.Span);
        return like.Create(address);
    }
}

using System.Net;

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
    public static EndPoint? Read(byte* name, int length, EndPoint like)
    {
        if (length <= sizeof(ushort))
        {
            return null;
        }

        var address = new SocketAddress(like.AddressFamily, length);
        new Span<byte>(name, length).CopyTo(address.Buffer.Span);
        return SocketEndPoints.Normalize(like.Create(address));
    }
}

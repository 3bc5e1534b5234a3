using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>Reads the bytes of a socket address without making an endpoint of it.</summary>
/// <remarks>
/// The layout of sockaddr_in and sockaddr_in6 from the port on is the same on every system: port (2 bytes), then 4
/// bytes of IPv4 address, or 4 of flow label, 16 of IPv6 address and 4 of scope.
/// </remarks>
internal static class PeerAddress
{
    private const int Port = 2;
    private const int IPv4 = 4;
    private const int IPv6 = 8;
    private const int Scope = 24;
    private const int IPv6Size = 28;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>
    /// False for a sender that an answer cannot reach, or that would spread it: port 0, the unspecified address,
    /// broadcast, multicast. Such a sender is forged or broken.
    /// </summary>
    /// <param name="address">The sender.</param>
    /// <param name="family">Its family, which the socket knows: asking the address is a call into native code.</param>
    public static bool IsAnswerable(SocketAddress address, AddressFamily family)
    {
        var bytes = address.Buffer.Span[..address.Size];
        return family switch
        {
            AddressFamily.InterNetwork => HasPort(bytes) && IsHost(bytes.Slice(IPv4, sizeof(int))),
            AddressFamily.InterNetworkV6 => HasPort(bytes) && IsHostV6(bytes[IPv6..Scope]),
            _ => true,
        };
    }

    /// <summary>True for the same address and port, whatever the rest of the structure holds.</summary>
    public static bool IsSame(SocketAddress one, SocketAddress other)
    {
        var left = one.Buffer.Span[..one.Size];
        var right = other.Buffer.Span[..other.Size];
        if (left.SequenceEqual(right))
        {
            return true;
        }

        if (one.Family != other.Family)
        {
            return false;
        }

        return one.Family switch
        {
            AddressFamily.InterNetwork => left[Port..IPv6].SequenceEqual(right[Port..IPv6]),
            AddressFamily.InterNetworkV6 => left[Port..IPv4].SequenceEqual(right[Port..IPv4])
                && left[IPv6..IPv6Size].SequenceEqual(right[IPv6..IPv6Size]),

            // Nothing is known about its parts.
            _ => false,
        };
    }

    private static bool HasPort(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes[Port..]) != 0;

    /// <summary>
    /// Not 0.0.0.0, 224.0.0.0/4 or 255.255.255.255. The broadcast address of a subnet is not known here.
    /// </summary>
    private static bool IsHost(ReadOnlySpan<byte> address) =>
        BinaryPrimitives.ReadUInt32BigEndian(address) is > 0 and < 0xE0000000 or (>= 0xF0000000 and < 0xFFFFFFFF);

    private static bool IsHostV6(ReadOnlySpan<byte> address)
    {
        if (address.StartsWith(MappedPrefix))
        {
            return IsHost(address[MappedPrefix.Length..]);
        }

        return address[0] != 0xFF && address.ContainsAnyExcept((byte)0);
    }
}

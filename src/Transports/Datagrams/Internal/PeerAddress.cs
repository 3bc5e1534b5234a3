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

    // IP (RFC 791, RFC 8200) and UDP (RFC 768).
    private const int HeaderBytesIPv4 = 20 + 8;
    private const int HeaderBytesIPv6 = 40 + 8;

    private static readonly UInt128 MappedKey = new(0, 0xFFFF_0000_0000);

    /// <summary>What an IPv4 address that is mapped into IPv6 begins with (RFC 4291 section 2.5.5.2).</summary>
    public static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

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

    /// <summary>The port of an IP address.</summary>
    public static int PortOf(SocketAddress address) =>
        BinaryPrimitives.ReadUInt16BigEndian(address.Buffer.Span[Port..]);

    /// <summary>
    /// An IP address as a number, an IPv4 one as its mapped form (RFC 4291 section 2.5.5.2); 0 for none.
    /// </summary>
    public static UInt128 ToKey(SocketAddress address, AddressFamily family)
    {
        var bytes = address.Buffer.Span;
        return family == AddressFamily.InterNetwork
            ? ToKey(BinaryPrimitives.ReadUInt32BigEndian(bytes[IPv4..]))
            : BinaryPrimitives.ReadUInt128BigEndian(bytes[IPv6..]);
    }

    /// <inheritdoc cref="ToKey(SocketAddress, AddressFamily)"/>
    public static UInt128 ToKey(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <inheritdoc cref="ToKey(SocketAddress, AddressFamily)"/>
    public static UInt128 ToKey(uint address) => address == 0 ? default : MappedKey | address;

    /// <summary>Back from a key.</summary>
    public static IPAddress ToAddress(UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    public static bool IsIPv4(UInt128 key) => key >> 32 == MappedKey >> 32;

    /// <summary>127.0.0.0/8 or ::1.</summary>
    public static bool IsLoopback(UInt128 key) => key == 1 || key >> 24 == (MappedKey >> 24 | 127);

    /// <summary>What a datagram to or from there weighs on its way besides its payload.</summary>
    public static int HeaderBytes(SocketAddress address, AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 && !IsIPv4(ToKey(address, family)) ? HeaderBytesIPv6 : HeaderBytesIPv4;

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

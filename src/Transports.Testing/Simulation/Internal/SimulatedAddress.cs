using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Transports.Testing;

/// <summary>IPv4 addresses as numbers, which is what the network reckons with.</summary>
internal static class SimulatedAddress
{
    public const uint Any = 0;
    public const uint Loopback = 0x7F000001;

    /// <summary>The hosts' network: 10.0.0.0, and the host's number in it.</summary>
    public const uint First = 0x0A000000;

    private const int PortOffset = 2;
    private const int V4Offset = 4;
    private const int V6Offset = 20;

    public static IPEndPoint ToEndPoint(uint address, ushort port) => new(ToAddress(address), port);

    public static IPAddress ToAddress(uint address)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes);
    }

    /// <summary>IPv6's any and loopback, and IPv4 mapped into it, count as IPv4's; there is nothing else.</summary>
    public static bool TryRead(IPAddress address, out uint number)
    {
        number = Any;
        if (address.Equals(IPAddress.IPv6Loopback))
        {
            number = Loopback;
            return true;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6)
        {
            return address.Equals(IPAddress.IPv6Any);
        }

        Span<byte> bytes = stackalloc byte[4];
        address.MapToIPv4().TryWriteBytes(bytes, out _);
        number = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return true;
    }

    public static (uint Address, ushort Port) Read(SocketAddress address)
    {
        var bytes = address.Buffer.Span;
        var offset = address.Family == AddressFamily.InterNetworkV6 ? V6Offset : V4Offset;
        return (
            BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]));
    }

    /// <summary>Overwrites an address of IPv4's family.</summary>
    public static void Write(SocketAddress address, uint number, ushort port)
    {
        var bytes = address.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], port);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[V4Offset..], number);
        address.Size = 16;
    }
}

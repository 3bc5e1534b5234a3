using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>The network that an address belongs to, as a number: as cheap a key as there is.</summary>
internal static class AddressPrefix
{
    /// <summary>IPv4 stands where IPv6 has those that are mapped (RFC 4291, 2.5.5.2), so the two never meet.</summary>
    public static UInt128 Of(IPAddress address, int bitsIPv4, int bitsIPv6)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return BinaryPrimitives.ReadUInt128BigEndian(bytes) & (UInt128.MaxValue << (128 - bitsIPv6));
        }

        var number = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return ((UInt128)0xFFFF << 32) | (number & (uint)(ulong.MaxValue << (32 - bitsIPv4)));
    }
}

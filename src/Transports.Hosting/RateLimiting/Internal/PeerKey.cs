using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Transports.Hosting;

/// <summary>Whom a message is counted under: a network, or a connection of a transport without addresses.</summary>
internal readonly record struct PeerKey(UInt128 Network, string? ConnectionId)
{
    private const int AddressBits = 128;

    public static PeerKey Of(MessageContext context, int prefixBits) => context.RemoteEndPoint is IPEndPoint ip
        ? new PeerKey(NetworkOf(ip.Address, prefixBits), null)
        : new PeerKey(default, context.Connection.Id);

    /// <summary>IPv4 as it is mapped into IPv6, and never cut.</summary>
    private static UInt128 NetworkOf(IPAddress address, int prefixBits)
    {
        Span<byte> bytes = stackalloc byte[AddressBits / 8];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes, out _);
            return new UInt128(0, 0xFFFF_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(bytes));
        }

        address.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes) & (UInt128.MaxValue << (AddressBits - prefixBits));
    }
}

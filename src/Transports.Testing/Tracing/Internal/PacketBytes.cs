using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Transports.Testing;

/// <summary>A packet as it would stand on the wire: Ethernet, IPv4 or IPv6, UDP or TCP, with right checksums.</summary>
internal static class PacketBytes
{
    private const int EthernetBytes = 14;
    private const int Ipv4Bytes = 20;
    private const int Ipv6Bytes = 40;
    private const int UdpBytes = 8;
    private const int TcpBytes = 20;
    private const byte UdpNumber = 17;
    private const byte TcpNumber = 6;
    private const byte TimeToLive = 64;
    private const ushort DontFragment = 0x4000;

    public static bool CanWrite(NetworkTraceEvent item) =>
        item is { Protocol: not NetworkProtocol.None, SourceEndPoint: { } source, DestinationEndPoint: { } destination }
        && Plain(source.Address).AddressFamily == Plain(destination.Address).AddressFamily;

    /// <summary>An IPv4 address also where it came in IPv6's clothes.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>The packet as far as its payload was kept; its headers tell its whole length.</summary>
    public static byte[] Write(NetworkTraceEvent item)
    {
        var source = Plain(item.SourceEndPoint!.Address);
        var destination = Plain(item.DestinationEndPoint!.Address);
        var isV4 = source.AddressFamily == AddressFamily.InterNetwork;
        var network = isV4 ? Ipv4Bytes : Ipv6Bytes;
        var transport = item.Protocol == NetworkProtocol.Tcp ? TcpBytes : UdpBytes;
        var packet = new byte[EthernetBytes + network + transport + item.Payload.Length];
        var ip = packet.AsSpan(EthernetBytes);
        item.Payload.Span.CopyTo(ip[(network + transport)..]);
        WriteEthernet(packet, source, destination, isV4);
        var length = transport + item.PayloadBytes;
        if (isV4)
        {
            WriteIpv4(ip, item, source, destination, length);
        }
        else
        {
            WriteIpv6(ip, item, source, destination, length);
        }

        WriteTransport(ip[network..], item, PseudoHeaderSum(source, destination, ProtocolNumber(item), length), length);
        return packet;
    }

    private static byte ProtocolNumber(NetworkTraceEvent item) =>
        item.Protocol == NetworkProtocol.Tcp ? TcpNumber : UdpNumber;

    /// <summary>
    /// Addresses that nobody was given (RFC 7042: locally administered), made of the IP addresses' ends.
    /// </summary>
    private static void WriteEthernet(Span<byte> frame, IPAddress source, IPAddress destination, bool isV4)
    {
        frame[0] = frame[6] = 0x02;
        destination.GetAddressBytes().AsSpan()[^4..].CopyTo(frame[2..]);
        source.GetAddressBytes().AsSpan()[^4..].CopyTo(frame[8..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], (ushort)(isV4 ? 0x0800 : 0x86DD));
    }

    private static void WriteIpv4(
        Span<byte> ip, NetworkTraceEvent item, IPAddress source, IPAddress destination, int length)
    {
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(Ipv4Bytes + length));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)item.PacketNumber);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], DontFragment);
        ip[8] = TimeToLive;
        ip[9] = ProtocolNumber(item);
        source.TryWriteBytes(ip[12..], out _);
        destination.TryWriteBytes(ip[16..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..Ipv4Bytes], 0));
    }

    private static void WriteIpv6(
        Span<byte> ip, NetworkTraceEvent item, IPAddress source, IPAddress destination, int length)
    {
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)length);
        ip[6] = ProtocolNumber(item);
        ip[7] = TimeToLive;
        source.TryWriteBytes(ip[8..], out _);
        destination.TryWriteBytes(ip[24..], out _);
    }

    private static void WriteTransport(Span<byte> bytes, NetworkTraceEvent item, uint pseudoHeaderSum, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)item.SourceEndPoint!.Port);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)item.DestinationEndPoint!.Port);
        if (item.Protocol == NetworkProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)length);
            var sum = Checksum(bytes, pseudoHeaderSum);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], sum == 0 ? ushort.MaxValue : sum);
            return;
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], item.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], item.AcknowledgmentNumber);
        bytes[12] = (TcpBytes / 4) << 4;
        bytes[13] = (byte)item.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[14..], (ushort)Math.Clamp(item.WindowBytes, 0, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[16..], Checksum(bytes, pseudoHeaderSum));
    }

    /// <summary>What UDP and TCP add to their checksums (RFC 9293 section 3.1, RFC 8200 section 8.1).</summary>
    private static uint PseudoHeaderSum(IPAddress source, IPAddress destination, byte protocol, int length) =>
        Sum(source.GetAddressBytes()) + Sum(destination.GetAddressBytes()) + protocol + (uint)length;

    /// <summary>The Internet checksum (RFC 1071).</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint sum)
    {
        sum += Sum(bytes);
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (; bytes.Length > 1; bytes = bytes[2..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }
}

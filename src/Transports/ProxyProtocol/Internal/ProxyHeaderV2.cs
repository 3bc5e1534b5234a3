using System.Buffers.Binary;
using System.Net;

namespace Transports;

/// <summary>Version 2, binary: signature, command, family, length; addresses; extensions, which are skipped.</summary>
internal static class ProxyHeaderV2
{
    private const int FixedBytes = 16;
    private const int VersionAndLocal = 0x20;
    private const int VersionAndProxy = 0x21;
    private const int FamilyUnspecified = 0;
    private const int FamilyIPv4 = 1;
    private const int FamilyIPv6 = 2;
    private const int FamilyUnix = 3;
    private const int BytesIPv4 = 12;
    private const int BytesIPv6 = 36;
    private const int BytesUnix = 216;
    private const int LastProtocol = 2;

    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static ProxyHeaderStatus Parse(ReadOnlySpan<byte> received, out ProxyHeader header)
    {
        header = default;
        if (!ProxyHeaderParser.MayBegin(received, Signature)
            || (received.Length > 12 && received[12] is not (VersionAndLocal or VersionAndProxy)))
        {
            return ProxyHeaderStatus.Malformed;
        }

        if (received.Length < FixedBytes)
        {
            return ProxyHeaderStatus.NeedMoreData;
        }

        var isLocal = received[12] == VersionAndLocal;
        var (family, protocol) = (received[13] >> 4, received[13] & 0xF);
        var length = BinaryPrimitives.ReadUInt16BigEndian(received[14..]);
        if (FixedBytes + length > ProxyHeaderParser.MaxBytes
            || (!isLocal && !IsPossible(family, protocol, length)))
        {
            return ProxyHeaderStatus.Malformed;
        }

        if (received.Length < FixedBytes + length)
        {
            return ProxyHeaderStatus.NeedMoreData;
        }

        // A proxy that checks whether somebody is there speaks for itself, whatever else it says.
        header = ReadAddresses(received[FixedBytes..], isLocal ? FamilyUnspecified : family, FixedBytes + length);
        return ProxyHeaderStatus.Complete;
    }

    private static bool IsPossible(int family, int protocol, int length) => protocol <= LastProtocol && family switch
    {
        FamilyUnspecified => true,
        FamilyIPv4 => length >= BytesIPv4,
        FamilyIPv6 => length >= BytesIPv6,
        FamilyUnix => length >= BytesUnix,
        _ => false,
    };

    private static ProxyHeader ReadAddresses(ReadOnlySpan<byte> block, int family, int length) => family switch
    {
        FamilyIPv4 => new ProxyHeader(length, Read(block[..4], block[8..]), Read(block[4..8], block[10..])),
        FamilyIPv6 => new ProxyHeader(length, Read(block[..16], block[32..]), Read(block[16..32], block[34..])),

        // Unix sockets have no address that limits and logs could use.
        _ => new ProxyHeader(length),
    };

    private static IPEndPoint Read(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port)
    {
        var ip = new IPAddress(address);
        return new IPEndPoint(
            ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, BinaryPrimitives.ReadUInt16BigEndian(port));
    }
}

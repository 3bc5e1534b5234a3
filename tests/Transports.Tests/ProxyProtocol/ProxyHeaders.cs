using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Transports.Tests.ProxyProtocol;

/// <summary>Headers as a proxy writes them.</summary>
internal static class ProxyHeaders
{
    private static readonly byte[] Signature = [.. "\r\n\r\n\0\r\nQUIT\n"u8];

    public static byte[] V1(IPEndPoint source, IPEndPoint destination)
    {
        var family = source.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"PROXY {family} {source.Address} {destination.Address} {source.Port} {destination.Port}\r\n"));
    }

    public static byte[] V2(IPEndPoint source, IPEndPoint destination, byte[]? extensions = null)
    {
        var block = new List<byte>();
        block.AddRange(source.Address.GetAddressBytes());
        block.AddRange(destination.Address.GetAddressBytes());
        block.AddRange(BigEndian(source.Port));
        block.AddRange(BigEndian(destination.Port));
        block.AddRange(extensions ?? []);
        var family = source.AddressFamily == AddressFamily.InterNetwork ? 0x11 : 0x21;
        return V2(0x21, (byte)family, [.. block]);
    }

    public static byte[] V2(byte command, byte family, byte[] block) =>
        [.. Signature, command, family, .. BigEndian(block.Length), .. block];

    private static byte[] BigEndian(int number)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)number);
        return bytes;
    }
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Transports;

/// <summary>What one control message of a socket says (cmsg(3), udp(7), ip(7), ipv6(7), socket(7)).</summary>
/// <param name="Kind">Which of those that are understood here.</param>
/// <param name="Number">A length or a count.</param>
/// <param name="Address">See <see cref="PeerAddress.ToKey(System.Net.IPAddress)"/>; 0 when it can send nothing.</param>
internal readonly record struct ControlMessage(ControlKind Kind, uint Number, UInt128 Address)
{
    /// <summary>
    /// The most that <see cref="WriteLocalAddress"/> and <see cref="WriteSegmentLength"/> write together.
    /// </summary>
    public const int MostBytesWritten = 64;

    private const int HeaderBytes = 16;
    private const int PacketBytesIPv4 = 12;
    private const int PacketBytesIPv6 = 20;

    /// <summary>Reads the first, and goes on to the next.</summary>
    /// <returns>False when there is no whole one left.</returns>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, out ControlMessage control)
    {
        control = default;
        if (rest.Length < HeaderBytes)
        {
            return false;
        }

        var header = MemoryMarshal.Read<LibC.ControlHeader>(rest);
        if (header.Length < HeaderBytes || header.Length > rest.Length)
        {
            return false;
        }

        control = Read(header.Level, header.Type, rest[HeaderBytes..(int)header.Length]);
        rest = rest[Math.Min(Align((int)header.Length), rest.Length)..];
        return true;
    }

    /// <summary>Asks the system to send from that address.</summary>
    /// <returns>How much was written.</returns>
    public static int WriteLocalAddress(Span<byte> destination, UInt128 address, bool isIPv6)
    {
        // Which way it leaves is left to the routing: the interface's number stays 0.
        if (isIPv6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(
                Write(destination, LibC.LevelIPv6, LibC.OptionPacketIPv6, PacketBytesIPv6), address);
            return Align(HeaderBytes + PacketBytesIPv6);
        }

        BinaryPrimitives.WriteUInt32BigEndian(
            Write(destination, LibC.LevelIPv4, LibC.OptionPacketIPv4, PacketBytesIPv4)[4..], (uint)address);
        return Align(HeaderBytes + PacketBytesIPv4);
    }

    /// <summary>Asks the system to cut what is sent into datagrams of that length.</summary>
    /// <returns>How much was written.</returns>
    public static int WriteSegmentLength(Span<byte> destination, int length)
    {
        Unsafe.WriteUnaligned(
            ref Write(destination, LibC.LevelUdp, LibC.OptionSegment, sizeof(ushort))[0], (ushort)length);
        return Align(HeaderBytes + sizeof(ushort));
    }

    private static ControlMessage Read(int level, int type, ReadOnlySpan<byte> data) => (level, type) switch
    {
        (LibC.LevelUdp, LibC.OptionReceiveJoined) when data.Length >= sizeof(int) =>
            new(ControlKind.SegmentLength, MemoryMarshal.Read<uint>(data), default),
        (LibC.LevelSocket, LibC.OptionOverflow) when data.Length >= sizeof(uint) =>
            new(ControlKind.Overflow, MemoryMarshal.Read<uint>(data), default),

        // The address to answer from (ipi_spec_dst), which is one of this machine also for a broadcast.
        (LibC.LevelIPv4, LibC.OptionPacketIPv4) when data.Length >= PacketBytesIPv4 =>
            new(ControlKind.LocalAddress, 0, PeerAddress.ToKey(BinaryPrimitives.ReadUInt32BigEndian(data[4..]))),

        // Nothing can be sent from a multicast address.
        (LibC.LevelIPv6, LibC.OptionPacketIPv6) when data.Length >= PacketBytesIPv6 && data[0] != 0xFF =>
            new(ControlKind.LocalAddress, 0, BinaryPrimitives.ReadUInt128BigEndian(data)),
        _ => default,
    };

    private static Span<byte> Write(Span<byte> destination, int level, int type, int bytes)
    {
        var header = new LibC.ControlHeader { Length = HeaderBytes + bytes, Level = level, Type = type };
        MemoryMarshal.Write(destination, header);
        var data = destination[HeaderBytes..Align(HeaderBytes + bytes)];
        data.Clear();
        return data;
    }

    private static int Align(int bytes) => (bytes + 7) & ~7;
}

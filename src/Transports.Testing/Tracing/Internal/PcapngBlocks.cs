using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Transports.Testing;

/// <summary>Writes the blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian.</summary>
internal sealed class PcapngBlocks(IBufferWriter<byte> output)
{
    private const uint Section = 0x0A0D0D0A;
    private const uint Interface = 1;
    private const uint Names = 4;
    private const uint EnhancedPacket = 6;
    private const ushort Comment = 1;
    private const ushort InterfaceName = 2;
    private const ushort UserApplication = 4;
    private const ushort TimeResolution = 9;
    private const ushort LinkTypeEthernet = 1;

    private readonly ArrayBufferWriter<byte> _body = new();

    public void WriteSection()
    {
        Write32(0x1A2B3C4D);
        Write16(1);
        Write16(0);
        Write32(uint.MaxValue);
        Write32(uint.MaxValue);
        WriteOption(UserApplication, "Transports.Testing"u8);
        EndOptions();
        Flush(Section);
    }

    public void WriteInterface(string name)
    {
        Write16(LinkTypeEthernet);
        Write16(0);
        Write32(0);
        WriteOption(InterfaceName, Encoding.UTF8.GetBytes(name));
        WriteOption(TimeResolution, [9]);
        EndOptions();
        Flush(Interface);
    }

    public void WriteNames(IReadOnlyDictionary<IPAddress, string> names)
    {
        foreach (var (address, name) in names)
        {
            var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
            WriteOption((ushort)(isV4 ? 1 : 2), [.. address.GetAddressBytes(), .. Encoding.UTF8.GetBytes(name), 0]);
        }

        Write32(0);
        Flush(Names);
    }

    public void WritePacket(
        int interfaceNumber, long nanoseconds, ReadOnlySpan<byte> bytes, int originalBytes, string? comment)
    {
        Write32((uint)interfaceNumber);
        Write32((uint)(nanoseconds >> 32));
        Write32((uint)nanoseconds);
        Write32((uint)bytes.Length);
        Write32((uint)originalBytes);
        WritePadded(bytes);
        if (comment is not null)
        {
            WriteOption(Comment, Encoding.UTF8.GetBytes(comment));
            EndOptions();
        }

        Flush(EnhancedPacket);
    }

    private void WriteOption(ushort code, ReadOnlySpan<byte> value)
    {
        Write16(code);
        Write16((ushort)value.Length);
        WritePadded(value);
    }

    private void EndOptions() => Write32(0);

    private void WritePadded(ReadOnlySpan<byte> value)
    {
        _body.Write(value);
        _body.Write("\0\0\0"u8[..(-value.Length & 3)]);
    }

    private void Write16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_body.GetSpan(2), value);
        _body.Advance(2);
    }

    private void Write32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_body.GetSpan(4), value);
        _body.Advance(4);
    }

    /// <summary>Puts what was collected between the block's type and its two lengths.</summary>
    private void Flush(uint type)
    {
        var total = _body.WrittenCount + 12;
        var span = output.GetSpan(total);
        BinaryPrimitives.WriteUInt32LittleEndian(span, type);
        BinaryPrimitives.WriteInt32LittleEndian(span[4..], total);
        _body.WrittenSpan.CopyTo(span[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(span[(total - 4)..], total);
        output.Advance(total);
        _body.ResetWrittenCount();
    }
}

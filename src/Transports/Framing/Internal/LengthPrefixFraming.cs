using System.Buffers.Binary;
using System.Globalization;

namespace Transports.Framing;

internal sealed class LengthPrefixFraming : MessageFraming
{
    private readonly int _width;
    private readonly bool _littleEndian;

    public LengthPrefixFraming(int widthBytes, bool littleEndian)
    {
        if (widthBytes is not (1 or 2 or 4))
        {
            throw new ArgumentOutOfRangeException(
                nameof(widthBytes), widthBytes, "A length prefix is 1, 2 or 4 bytes wide.");
        }

        _width = widthBytes;
        _littleEndian = littleEndian;
    }

    internal override string UriName =>
        string.Create(CultureInfo.InvariantCulture, $"length{_width}{(_littleEndian && _width > 1 ? "le" : "")}");

    public override int MaxPayloadBytes => _width switch
    {
        1 => byte.MaxValue,
        2 => ushort.MaxValue,
        _ => int.MaxValue,
    };

    public override int MaxHeaderBytes => _width;

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
    {
        if (buffer.Length >= _width)
        {
            return PrefixedFrame.Read(buffer, _width, ReadLength(buffer), endOfStream, maxMessageBytes, out frame);
        }

        frame = default;
        return endOfStream && !buffer.IsEmpty ? FrameStatus.Malformed : FrameStatus.NeedMoreData;
    }

    public override int WriteHeader(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        var length = payload.Length;
        switch (_width, _littleEndian)
        {
            case (1, _):
                destination[0] = checked((byte)length);
                break;
            case (2, false):
                BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)length));
                break;
            case (2, true):
                BinaryPrimitives.WriteUInt16LittleEndian(destination, checked((ushort)length));
                break;
            case (_, false):
                BinaryPrimitives.WriteInt32BigEndian(destination, length);
                break;
            case (_, true):
                BinaryPrimitives.WriteInt32LittleEndian(destination, length);
                break;
        }

        return _width;
    }

    private uint ReadLength(ReadOnlySpan<byte> buffer) => (_width, _littleEndian) switch
    {
        (1, _) => buffer[0],
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(buffer),
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(buffer),
        (_, false) => BinaryPrimitives.ReadUInt32BigEndian(buffer),
        (_, true) => BinaryPrimitives.ReadUInt32LittleEndian(buffer),
    };
}

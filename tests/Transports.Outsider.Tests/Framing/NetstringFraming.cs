using System.Buffers.Text;
using Transports.Framing;

namespace Outsider;

/// <summary>A framing that is not built in: the length in decimal digits, a colon, the payload, a comma.</summary>
public sealed class NetstringFraming : MessageFraming
{
    private const int MaxDigits = 10;

    public override int MaxHeaderBytes => MaxDigits + 1;

    public override int MaxTrailerBytes => 1;

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
    {
        frame = default;
        var colon = buffer[..Math.Min(buffer.Length, MaxHeaderBytes)].IndexOf((byte)':');
        if (colon < 0)
        {
            var isHopeless = buffer.Length > MaxDigits || buffer.ContainsAnyExceptInRange((byte)'0', (byte)'9');
            return isHopeless ? FrameStatus.Malformed : FrameStatus.NeedMoreData;
        }

        if (!Utf8Parser.TryParse(buffer[..colon], out uint length, out var digits) || digits != colon)
        {
            return FrameStatus.Malformed;
        }

        if (length > maxMessageBytes)
        {
            frame = new MessageFrame(0, length, 0);
            return FrameStatus.MessageTooLong;
        }

        frame = new MessageFrame(colon + 1, length, colon + 1 + (int)length + 1);
        if (buffer.Length < frame.TotalLength)
        {
            return FrameStatus.NeedMoreData;
        }

        return buffer[frame.TotalLength - 1] == (byte)',' ? FrameStatus.Message : FrameStatus.Malformed;
    }

    public override int WriteHeader(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        Utf8Formatter.TryFormat(payload.Length, destination, out var written);
        destination[written] = (byte)':';
        return written + 1;
    }

    public override int WriteTrailer(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        destination[0] = (byte)',';
        return 1;
    }
}

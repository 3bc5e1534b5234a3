using System.Globalization;
using Transports.Framing;

namespace Netstrings;

/// <summary>The length in decimal digits, a colon, the payload, a comma: "hello" is <c>5:hello,</c>.</summary>
public sealed class NetstringFraming : MessageFraming
{
    private const int MaxDigits = 10;

    public override int MaxHeaderBytes => MaxDigits + 1;

    public override int MaxTrailerBytes => 1;

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
    {
        frame = default;
        var length = 0L;
        for (var i = 0; i < buffer.Length; i++)
        {
            if (buffer[i] == ':' && i > 0)
            {
                return ReadPayload(buffer, i + 1, length, endOfStream, maxMessageBytes, out frame);
            }

            var isLeadingZero = i > 0 && length == 0;
            if (i == MaxDigits || isLeadingZero || !char.IsAsciiDigit((char)buffer[i]))
            {
                return FrameStatus.Malformed;
            }

            length = (length * 10) + (buffer[i] - '0');
        }

        return endOfStream && !buffer.IsEmpty ? FrameStatus.Malformed : FrameStatus.NeedMoreData;
    }

    public override int WriteHeader(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        payload.Length.TryFormat(destination, out var digits, provider: CultureInfo.InvariantCulture);
        destination[digits] = (byte)':';
        return digits + 1;
    }

    public override int WriteTrailer(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        destination[0] = (byte)',';
        return 1;
    }

    private static FrameStatus ReadPayload(
        ReadOnlySpan<byte> buffer,
        int offset,
        long length,
        bool endOfStream,
        int maxMessageBytes,
        out MessageFrame frame)
    {
        // As long, so that no length that a peer makes up overflows; and before anybody waits for the payload.
        var total = offset + length + 1;
        if (length > maxMessageBytes || total > int.MaxValue)
        {
            frame = new MessageFrame(offset, length, 0);
            return FrameStatus.MessageTooLong;
        }

        frame = new MessageFrame(offset, length, (int)total);
        if (buffer.Length < total)
        {
            return endOfStream ? FrameStatus.Malformed : FrameStatus.NeedMoreData;
        }

        return buffer[frame.TotalLength - 1] == ',' ? FrameStatus.Message : FrameStatus.Malformed;
    }
}

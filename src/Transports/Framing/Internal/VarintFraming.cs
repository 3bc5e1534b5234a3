namespace Transports.Framing;

internal sealed class VarintFraming : MessageFraming
{
    private const int MaxPrefixBytes = 5;

    internal override string UriName => "varint";

    public override int MaxHeaderBytes => MaxPrefixBytes;

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
    {
        frame = default;
        var value = 0u;
        for (var i = 0; i < buffer.Length; i++)
        {
            // The fifth byte holds the last 4 of 32 bits, so it may neither be larger nor ask for a sixth.
            if (i == MaxPrefixBytes - 1 && buffer[i] > 0x0F)
            {
                return FrameStatus.Malformed;
            }

            value |= (buffer[i] & 0x7Fu) << (7 * i);
            if (buffer[i] < 0x80)
            {
                return PrefixedFrame.Read(buffer, i + 1, value, endOfStream, maxMessageBytes, out frame);
            }
        }

        return endOfStream && !buffer.IsEmpty ? FrameStatus.Malformed : FrameStatus.NeedMoreData;
    }

    public override int WriteHeader(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        var rest = (uint)payload.Length;
        var written = 0;
        while (rest >= 0x80)
        {
            destination[written++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        destination[written++] = (byte)rest;
        return written;
    }
}

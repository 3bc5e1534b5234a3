namespace Transports.Framing;

/// <summary>What all framings do that know a message's length before its payload.</summary>
internal static class PrefixedFrame
{
    /// <summary>The answer once the length is known; limits come first, so that nothing is allocated for it.</summary>
    public static FrameStatus Read(
        ReadOnlySpan<byte> buffer,
        int prefixLength,
        uint payloadLength,
        bool endOfStream,
        int maxMessageBytes,
        out MessageFrame frame)
    {
        // No buffer can hold more than int.MaxValue bytes, whatever the limit says.
        if (payloadLength > maxMessageBytes || payloadLength > int.MaxValue - prefixLength)
        {
            frame = new MessageFrame(prefixLength, payloadLength, 0);
            return FrameStatus.MessageTooLong;
        }

        frame = new MessageFrame(prefixLength, payloadLength, prefixLength + (int)payloadLength);
        if (buffer.Length >= frame.TotalLength)
        {
            return FrameStatus.Message;
        }

        return endOfStream ? FrameStatus.Malformed : FrameStatus.NeedMoreData;
    }
}

namespace Transports.Framing;

internal sealed class LineFraming : MessageFraming
{
    private const byte CarriageReturn = (byte)'\r';
    private const byte LineFeed = (byte)'\n';

    internal override string UriName => "lines";

    public override int MaxTrailerBytes => 1;

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
    {
        frame = default;
        var found = buffer[examined..].IndexOf(LineFeed);
        if (found < 0 && buffer.IsEmpty)
        {
            return FrameStatus.NeedMoreData;
        }

        // A '\r' at the very end may belong to a "\r\n" whose other half has yet to come: it is not payload so far.
        var line = found < 0 ? buffer : buffer[..(examined + found)];
        var payloadLength = line is [.., CarriageReturn] ? line.Length - 1 : line.Length;
        if (payloadLength > maxMessageBytes)
        {
            frame = new MessageFrame(0, payloadLength, 0);
            return FrameStatus.MessageTooLong;
        }

        if (found < 0 && !endOfStream)
        {
            examined = buffer.Length;
            return FrameStatus.NeedMoreData;
        }

        frame = new MessageFrame(0, payloadLength, found < 0 ? line.Length : line.Length + 1);
        return FrameStatus.Message;
    }

    public override int WriteTrailer(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        destination[0] = LineFeed;
        return 1;
    }

    public override void Validate(ReadOnlySpan<byte> payload)
    {
        if (payload.Contains(LineFeed))
        {
            throw new ArgumentException("A message over line framing must not contain a line feed.", nameof(payload));
        }

        if (payload is [.., CarriageReturn])
        {
            throw new ArgumentException(
                "A message over line framing must not end in a carriage return: it would be lost on the way.",
                nameof(payload));
        }
    }
}

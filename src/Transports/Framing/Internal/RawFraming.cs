namespace Transports.Framing;

internal sealed class RawFraming : MessageFraming
{
    internal override string UriName => "raw";

    public override bool PreservesBoundaries => false;

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
    {
        var length = Math.Min(buffer.Length, maxMessageBytes);
        frame = new MessageFrame(0, length, length);
        return length == 0 ? FrameStatus.NeedMoreData : FrameStatus.Message;
    }

    public override void Validate(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            throw new ArgumentException(
                "Raw framing cannot carry an empty message: nothing would arrive.", nameof(payload));
        }
    }
}

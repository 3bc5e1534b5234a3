namespace Transports.Framing;

internal sealed class LineFraming : MessageFraming
{
    public LineFraming() => throw new NotImplementedException();

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame) =>
        throw new NotImplementedException();
}

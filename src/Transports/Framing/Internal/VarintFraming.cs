namespace Transports.Framing;

internal sealed class VarintFraming : MessageFraming
{
    public VarintFraming() => throw new NotImplementedException();

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame) =>
        throw new NotImplementedException();
}

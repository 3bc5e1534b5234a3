using System.Globalization;

namespace Transports.Framing;

internal sealed class FixedSizeFraming : MessageFraming
{
    private readonly int _size;

    public FixedSizeFraming(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        _size = size;
    }

    internal override string UriName => string.Create(CultureInfo.InvariantCulture, $"fixed:{_size}");

    public override int MaxPayloadBytes => _size;

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
    {
        if (!buffer.IsEmpty)
        {
            return PrefixedFrame.Read(buffer, 0, (uint)_size, endOfStream, maxMessageBytes, out frame);
        }

        frame = default;
        return FrameStatus.NeedMoreData;
    }

    public override void Validate(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != _size)
        {
            throw new ArgumentException(
                $"Every message must be {_size} bytes long, but this one is {payload.Length}.", nameof(payload));
        }
    }
}

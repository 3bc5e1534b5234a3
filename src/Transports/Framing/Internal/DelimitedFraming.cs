namespace Transports.Framing;

internal sealed class DelimitedFraming : MessageFraming
{
    private readonly byte[] _delimiter;

    /// <summary>How many bytes at the end of a payload could be the start of the delimiter that follows it.</summary>
    /// <remarks>
    /// Of "--" it is 1: "a-" would be written as "a---", and read as "a". Only a delimiter that begins as it ends has
    /// any, so most often this is empty.
    /// </remarks>
    private readonly int[] _overlaps;

    public DelimitedFraming(ReadOnlySpan<byte> delimiter)
    {
        if (delimiter.IsEmpty)
        {
            throw new ArgumentException("A delimiter is at least one byte long.", nameof(delimiter));
        }

        _delimiter = delimiter.ToArray();
        _overlaps = [.. Enumerable.Range(1, _delimiter.Length - 1).Where(shift =>
            _delimiter.AsSpan().StartsWith(_delimiter.AsSpan(shift)))];
    }

    internal override string UriName => $"delimited:0x{Convert.ToHexString(_delimiter)}";

    public override int MaxTrailerBytes => _delimiter.Length;

    public override FrameStatus Read(
        ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
    {
        var found = buffer[examined..].IndexOf(_delimiter);
        var ended = found >= 0 || endOfStream;

        // As long as no delimiter is there, all but one byte of one may have come already: those are not yet payload.
        var afterLast = Math.Max(examined, buffer.Length - (_delimiter.Length - 1));
        var payloadLength = found >= 0 ? examined + found : endOfStream ? buffer.Length : afterLast;
        if (payloadLength > maxMessageBytes)
        {
            frame = new MessageFrame(0, payloadLength, 0);
            return FrameStatus.MessageTooLong;
        }

        if (!ended || buffer.IsEmpty)
        {
            examined = afterLast;
            frame = default;
            return FrameStatus.NeedMoreData;
        }

        frame = new MessageFrame(0, payloadLength, found < 0 ? payloadLength : payloadLength + _delimiter.Length);
        return FrameStatus.Message;
    }

    public override int WriteTrailer(Span<byte> destination, ReadOnlySpan<byte> payload)
    {
        _delimiter.CopyTo(destination);
        return _delimiter.Length;
    }

    public override void Validate(ReadOnlySpan<byte> payload)
    {
        if (payload.IndexOf(_delimiter) >= 0)
        {
            throw new ArgumentException("The message must not contain the delimiter.", nameof(payload));
        }

        foreach (var overlap in _overlaps)
        {
            if (payload.EndsWith(_delimiter.AsSpan(0, overlap)))
            {
                throw new ArgumentException(
                    "The end of the message and the delimiter after it would be taken for an earlier delimiter.",
                    nameof(payload));
            }
        }
    }
}

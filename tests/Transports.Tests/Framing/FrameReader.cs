using System.Runtime.InteropServices;
using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>Reads a stream that arrives in pieces, as a session does, and holds the framing to its contract.</summary>
/// <remarks>
/// Throws <see cref="InvalidOperationException"/> where the contract is broken; needs no test framework.
/// </remarks>
internal sealed class FrameReader(MessageFraming framing, int maxMessageBytes)
{
    private readonly List<byte> _stream = [];
    private int _start;
    private int _examined;
    private int _wanted;

    public List<byte[]> Messages { get; } = [];

    /// <summary>The last answer: anything but NeedMoreData and Message ends the reading.</summary>
    public FrameStatus Status { get; private set; } = FrameStatus.NeedMoreData;

    public MessageFrame LastFrame { get; private set; }

    /// <summary>How many bytes the framing was given to look at, without those that it had looked at before.</summary>
    public long BytesLookedAt { get; private set; }

    /// <summary>The most bytes that had to be kept between two calls.</summary>
    public int MostBytesKept { get; private set; }

    public static FrameReader ReadAll(
        MessageFraming framing, ReadOnlySpan<byte> stream, int maxMessageBytes, Func<int> nextPiece)
    {
        var reader = new FrameReader(framing, maxMessageBytes);
        while (!stream.IsEmpty)
        {
            var length = Math.Clamp(nextPiece(), 1, stream.Length);
            reader.Feed(stream[..length]);
            stream = stream[length..];
        }

        reader.End();
        return reader;
    }

    public static FrameReader ReadAll(MessageFraming framing, ReadOnlySpan<byte> stream, int maxMessageBytes) =>
        ReadAll(framing, stream, maxMessageBytes, () => int.MaxValue);

    public void Feed(ReadOnlySpan<byte> piece)
    {
        _stream.AddRange(piece);
        Read(endOfStream: false);
    }

    public void End() => Read(endOfStream: true);

    private void Read(bool endOfStream)
    {
        while (Status is FrameStatus.NeedMoreData)
        {
            var buffer = CollectionsMarshal.AsSpan(_stream)[_start..];
            if (buffer.Length < _wanted && !endOfStream)
            {
                break;
            }

            BytesLookedAt += buffer.Length - _examined;
            var before = _examined;
            Status = framing.Read(buffer, endOfStream, maxMessageBytes, ref _examined, out var frame);
            LastFrame = frame;
            if (Status is FrameStatus.Message)
            {
                Take(buffer, frame);
                continue;
            }

            if (Status is FrameStatus.NeedMoreData)
            {
                Keep(buffer, frame, before, endOfStream);
            }

            break;
        }
    }

    private void Take(ReadOnlySpan<byte> buffer, MessageFrame frame)
    {
        Require(frame.TotalLength >= 1, "a message takes at least one byte");
        Require(frame.TotalLength <= buffer.Length, "a message lies within the buffer");
        Require(frame.PayloadOffset >= 0 && frame.PayloadLength >= 0, "offset and length are not negative");
        Require(frame.PayloadOffset + frame.PayloadLength <= frame.TotalLength, "the payload lies within the message");
        Require(frame.PayloadLength <= maxMessageBytes, "no message is over the limit");
        Messages.Add(buffer.Slice(frame.PayloadOffset, (int)frame.PayloadLength).ToArray());
        _start += frame.TotalLength;
        _examined = 0;
        _wanted = 0;
        Status = FrameStatus.NeedMoreData;
    }

    private void Keep(ReadOnlySpan<byte> buffer, MessageFrame frame, int before, bool endOfStream)
    {
        // One byte more than the framing itself writes: the '\r' that line framing tolerates.
        var most = (long)maxMessageBytes + framing.MaxHeaderBytes + framing.MaxTrailerBytes + 1;
        Require(_examined >= before && _examined <= buffer.Length, "examined goes forward, and not past the buffer");
        Require(!endOfStream || buffer.IsEmpty, "bytes left at the end of the stream are answered");
        Require(buffer.Length <= most, "no more is kept than the longest message");
        Require(frame.TotalLength == 0 || frame.TotalLength > buffer.Length, "more is asked for than is there");
        Require(frame.TotalLength <= most, "no more is asked for than the longest message");
        _wanted = frame.TotalLength;
        MostBytesKept = Math.Max(MostBytesKept, buffer.Length);
    }

    private static void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"The framing broke a rule: {rule}.");
        }
    }
}

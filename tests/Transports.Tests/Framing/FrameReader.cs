using System.Runtime.InteropServices;
using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>Reads a stream that arrives in pieces, as a session does, and holds the framing to its contract.</summary>
/// <remarks>
/// Throws <see cref="InvalidOperationException"/> where the contract is broken; needs no test framework.
/// </remarks>
internal sealed class FrameReader(MessageFraming framing, int maxMessageBytes)
{
    private readonly List<(int Offset, int Length)> _messages = [];
    private byte[] _stream = new byte[256];
    private int _maxMessageBytes = maxMessageBytes;
    private int _length;
    private int _start;
    private int _examined;
    private int _wanted;

    public IReadOnlyList<byte[]> Messages =>
        [.. _messages.Select(message => _stream.AsSpan(message.Offset, message.Length).ToArray())];

    /// <summary>Nothing is left over, and nothing was skipped.</summary>
    public bool HasReadAll => _start == _length && _messages.Sum(message => message.Length) == _length;

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

    /// <summary>Forgets everything but its buffers.</summary>
    public void Restart(int limit)
    {
        (_length, _start, _examined, _wanted, _maxMessageBytes) = (0, 0, 0, 0, limit);
        (Status, LastFrame, BytesLookedAt, MostBytesKept) = (FrameStatus.NeedMoreData, default, 0, 0);
        _messages.Clear();
    }

    /// <summary>The other one was fed the same stream, and found the same messages at the same places.</summary>
    public bool HasReadTheSameAs(FrameReader other) => CollectionsMarshal.AsSpan(_messages)
        .SequenceEqual(CollectionsMarshal.AsSpan(other._messages));

    /// <summary>It has found one message, and this is it.</summary>
    public bool HasReadOnly(ReadOnlySpan<byte> message) => _messages is [var only]
        && _stream.AsSpan(only.Offset, only.Length).SequenceEqual(message);

    public void Feed(ReadOnlySpan<byte> piece)
    {
        if (_stream.Length < _length + piece.Length)
        {
            Array.Resize(ref _stream, 2 * (_length + piece.Length));
        }

        piece.CopyTo(_stream.AsSpan(_length));
        _length += piece.Length;
        Read(endOfStream: false);
    }

    public void End() => Read(endOfStream: true);

    private void Read(bool endOfStream)
    {
        while (Status is FrameStatus.NeedMoreData)
        {
            var buffer = _stream.AsSpan(_start, _length - _start);
            if (buffer.Length < _wanted && !endOfStream)
            {
                break;
            }

            BytesLookedAt += buffer.Length - _examined;
            var before = _examined;
            Status = framing.Read(buffer, endOfStream, _maxMessageBytes, ref _examined, out var frame);
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
        Require(frame.PayloadLength <= _maxMessageBytes, "no message is over the limit");
        _messages.Add((_start + frame.PayloadOffset, (int)frame.PayloadLength));
        _start += frame.TotalLength;
        _examined = 0;
        _wanted = 0;
        Status = FrameStatus.NeedMoreData;
    }

    private void Keep(ReadOnlySpan<byte> buffer, MessageFrame frame, int before, bool endOfStream)
    {
        // One byte more than the framing itself writes: the '\r' that line framing tolerates.
        var most = (long)_maxMessageBytes + framing.MaxHeaderBytes + framing.MaxTrailerBytes + 1;
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

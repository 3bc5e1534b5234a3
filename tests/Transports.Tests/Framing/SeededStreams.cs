using System.Buffers.Binary;
using System.Buffers.Text;
using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>
/// Byte streams that come near what a framing looks for; the same seed gives the same ones. What it returns lies in
/// buffers of its own, and is good until it is asked again: millions of inputs allocate nothing.
/// </summary>
internal sealed class SeededStreams(SeededBytes random)
{
    private const int MaxParts = 8;
    private const int MaxPayload = 40;

    private static readonly uint[] Lengths =
    [
        0, 1, 2, 7, 8, 31, 32, 33, 127, 128, 255, 256, ushort.MaxValue, ushort.MaxValue + 1,
        int.MaxValue - 4, int.MaxValue, 0x8000_0000, uint.MaxValue,
    ];

    private readonly byte[] _stream = new byte[MaxParts * 4 * MaxPayload];
    private readonly byte[] _payload = new byte[MaxPayload];

    /// <summary>A payload from a small alphabet, so that delimiters, and pieces of them, are frequent.</summary>
    public ReadOnlySpan<byte> NextPayload(int maxLength)
    {
        var payload = _payload.AsSpan(0, random.NextInt(maxLength + 1));
        if (random.NextInt(4) == 0)
        {
            random.Fill(payload);
        }
        else
        {
            random.Fill(payload, "ab-\r\n\0"u8);
        }

        return payload;
    }

    /// <summary>Whole messages, torn ones, lengths that lie, delimiters, and noise, in any order.</summary>
    public ReadOnlySpan<byte> NextStream(MessageFraming framing)
    {
        var length = 0;
        for (var parts = random.NextInt(MaxParts); parts > 0; parts--)
        {
            length += NextPart(framing, _stream.AsSpan(length));
        }

        return _stream.AsSpan(0, length);
    }

    private int NextPart(MessageFraming framing, Span<byte> room)
    {
        switch (random.NextInt(6))
        {
            case 0:
                var payload = NextPayload(MaxPayload);
                payload.CopyTo(room);
                return payload.Length;
            case 1:
                return NextPrefix(room);
            case 2:
                var noise = random.NextInt(12);
                random.Fill(room[..noise]);
                return noise;
            case 3:
                return random.NextInt(NextMessage(framing, room) + 1);
            default:
                return NextMessage(framing, room);
        }
    }

    private int NextMessage(MessageFraming framing, Span<byte> room) =>
        framing.Encode(NextPayload(Math.Min(MaxPayload, framing.MaxPayloadBytes)), room);

    private int NextPrefix(Span<byte> room)
    {
        var length = Lengths[random.NextInt(Lengths.Length)];
        var width = random.NextInt(2) == 0 ? 4 : 5;
        room[..width].Clear();
        switch (random.NextInt(4))
        {
            case 0:
                BinaryPrimitives.WriteUInt32BigEndian(room, length);
                break;
            case 1:
                BinaryPrimitives.WriteUInt32LittleEndian(room, length);
                break;
            case 2:
                Utf8Formatter.TryFormat(length, room, out width);
                room[width] = (byte)':';
                return width + 1;
            default:
                for (var i = 0; i < width; i++, length >>= 7)
                {
                    room[i] = (byte)(length | (i < width - 1 ? 0x80u : 0));
                }

                break;
        }

        return width;
    }
}

using System.Buffers.Binary;
using System.Text;
using Transports.Framing;

namespace Transports.Tests.Framing;

/// <summary>Byte streams that come near what a framing looks for; the same seed gives the same ones.</summary>
internal sealed class SeededStreams(int seed)
{
    private static readonly uint[] Lengths =
    [
        0, 1, 2, 7, 8, 31, 32, 33, 127, 128, 255, 256, ushort.MaxValue, ushort.MaxValue + 1,
        int.MaxValue - 4, int.MaxValue, 0x8000_0000, uint.MaxValue,
    ];

    private readonly Random _random = new(seed);

    public int NextInt(int lessThan) => _random.Next(lessThan);

    /// <summary>A payload from a small alphabet, so that delimiters, and pieces of them, are frequent.</summary>
    public byte[] NextPayload(int maxLength)
    {
        var payload = new byte[_random.Next(maxLength + 1)];
        if (_random.Next(4) == 0)
        {
            _random.NextBytes(payload);
        }
        else
        {
            _random.GetItems("ab-\r\n\0"u8, payload);
        }

        return payload;
    }

    /// <summary>Whole messages, torn ones, lengths that lie, delimiters, and noise, in any order.</summary>
    public byte[] NextStream(MessageFraming framing)
    {
        var stream = new List<byte>();
        for (var parts = _random.Next(8); parts > 0; parts--)
        {
            stream.AddRange(NextPart(framing));
        }

        return [.. stream];
    }

    private byte[] NextPart(MessageFraming framing)
    {
        switch (_random.Next(6))
        {
            case 0:
                return NextPayload(40);
            case 1:
                return NextPrefix();
            case 2:
                var noise = new byte[_random.Next(12)];
                _random.NextBytes(noise);
                return noise;
            case 3:
                var torn = NextMessage(framing);
                return torn[.._random.Next(torn.Length + 1)];
            default:
                return NextMessage(framing);
        }
    }

    private byte[] NextMessage(MessageFraming framing)
    {
        var payload = NextPayload(Math.Min(40, framing.MaxPayloadBytes));
        return framing.Encode(payload);
    }

    private byte[] NextPrefix()
    {
        var length = Lengths[_random.Next(Lengths.Length)];
        var prefix = new byte[_random.Next(2) == 0 ? 4 : 5];
        switch (_random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteUInt32BigEndian(prefix, length);
                break;
            case 1:
                BinaryPrimitives.WriteUInt32LittleEndian(prefix, length);
                break;
            case 2:
                return Encoding.ASCII.GetBytes($"{length}:");
            default:
                for (var i = 0; i < prefix.Length; i++, length >>= 7)
                {
                    prefix[i] = (byte)(length | (i < prefix.Length - 1 ? 0x80u : 0));
                }

                break;
        }

        return prefix;
    }
}

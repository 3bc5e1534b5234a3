namespace Transports.Testing;

/// <summary>Which bits of a corrupt packet are flipped.</summary>
internal static class CorruptionBits
{
    /// <summary>Flips so many different bits of the payload, or all if it has fewer.</summary>
    public static void Flip(Span<byte> payload, in Substreams streams, long packetNumber, bool isCopy, int bits)
    {
        var total = payload.Length * 8L;
        HashSet<long>? flipped = bits > 1 ? [] : null;
        for (long index = 0; index < Math.Min(bits, total); index++)
        {
            var position = streams.Below(total, FaultFamily.CorruptPosition, packetNumber, isCopy, (int)index);
            while (flipped?.Add(position) == false)
            {
                position = (position + 1) % total;
            }

            payload[(int)(position / 8)] ^= (byte)(1 << (int)(position % 8));
        }
    }
}

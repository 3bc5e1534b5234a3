namespace Transports.Testing;

/// <summary>Which bits of a corrupt packet are flipped.</summary>
internal static class CorruptionBits
{
    public static void Flip(Span<byte> payload, ulong seed, ulong link, long packetNumber, bool isCopy, int bits)
    {
        if (payload.IsEmpty)
        {
            return;
        }

        _ = (seed, link, packetNumber, isCopy, bits);
        payload[0] ^= 1;
    }
}

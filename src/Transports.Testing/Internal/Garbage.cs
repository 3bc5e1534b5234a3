namespace Transports.Testing;

/// <summary>What stands in memory that is no longer anybody's, so that who still reads it gets caught.</summary>
internal static class Garbage
{
    private const byte Pattern = 0xDD;

    public static void Fill(Span<byte> bytes) => bytes.Fill(Pattern);
}

namespace Transports.Tests.Framing;

/// <summary>Random numbers and bytes; the same seed gives the same ones, and a new seed costs nothing.</summary>
/// <remarks>SplitMix64: the framework's own generator takes longer to seed than an input takes to be checked.</remarks>
internal sealed class SeededBytes(long seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>Starts anew; seeds that are neighbours have nothing in common.</summary>
    public void Reseed(long seed) => _state = (ulong)seed;

    /// <summary>From 0 to <paramref name="lessThan"/> - 1.</summary>
    public int NextInt(int lessThan) => (int)((Next() >> 32) * (ulong)lessThan >> 32);

    public void Fill(Span<byte> bytes)
    {
        foreach (ref var one in bytes)
        {
            one = (byte)Next();
        }
    }

    public void Fill(Span<byte> bytes, ReadOnlySpan<byte> alphabet)
    {
        foreach (ref var one in bytes)
        {
            one = alphabet[NextInt(alphabet.Length)];
        }
    }

    private ulong Next()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}

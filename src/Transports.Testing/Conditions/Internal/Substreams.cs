namespace Transports.Testing;

/// <summary>The randomness of one direction of a link: each draw is a function of who asks for what packet.</summary>
/// <remarks>
/// Counter-based, so that no draw shifts another: a key for each fault family, and SplitMix64 (Steele, Lea and Flood
/// 2014) as a function of key and counter.
/// </remarks>
internal readonly struct Substreams
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const double UnitOf53Bits = 1.0 / (1L << 53);

    private readonly ulong _key;

    public Substreams(ulong seed, ulong link) => _key = Mix(Mix(seed + Golden) ^ link);

    /// <summary>Names a link, the same in every run: string hash codes differ from process to process.</summary>
    public static ulong LinkId(ReadOnlySpan<char> source, ReadOnlySpan<char> destination) =>
        Mix(Hash(source) + Golden) ^ Hash(destination);

    /// <summary>64 even bits.</summary>
    public ulong Bits(FaultFamily family, long packetNumber, bool isCopy = false, int index = 0)
    {
        var stream = Mix(_key + (((ulong)family + 1) * Golden));
        var counter = ((ulong)packetNumber * 2) + (isCopy ? 1UL : 0);
        var bits = Mix(stream + (counter * Golden));
        return index == 0 ? bits : Mix(bits + ((ulong)index * Golden));
    }

    /// <summary>A number from 0 up to, but without, 1.</summary>
    public double Unit(FaultFamily family, long packetNumber, bool isCopy = false, int index = 0) =>
        (Bits(family, packetNumber, isCopy, index) >> 11) * UnitOf53Bits;

    /// <summary>A number from 0 up to, but without, the bound.</summary>
    public long Below(long bound, FaultFamily family, long packetNumber, bool isCopy = false, int index = 0) =>
        (long)Math.BigMul(Bits(family, packetNumber, isCopy, index), (ulong)bound, out _);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>FNV-1a over the characters.</summary>
    private static ulong Hash(ReadOnlySpan<char> text)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var character in text)
        {
            hash = (hash ^ character) * 0x100000001B3;
        }

        return hash;
    }
}

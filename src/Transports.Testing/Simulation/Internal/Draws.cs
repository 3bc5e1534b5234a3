namespace Transports.Testing;

/// <summary>Chance as a function: the same question gets the same answer, whatever was asked before.</summary>
internal static class Draws
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>A number that is no more like another than chance would have it (SplitMix64).</summary>
    public static ulong Mix(ulong value)
    {
        value += Golden;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public static ulong Mix(ulong seed, ulong stream, ulong number) => Mix(Mix(Mix(seed) ^ stream) ^ number);

    /// <summary>From 0 to <paramref name="count"/> - 1.</summary>
    public static int Below(int count, ulong seed, ulong stream, ulong number) =>
        (int)(Mix(seed, stream, number) % (ulong)count);

    /// <summary>A name as a number that is the same in every run (FNV-1a), as a string's hash code is not.</summary>
    public static ulong Of(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var character in name)
        {
            hash = (hash ^ character) * 0x100000001B3;
        }

        return hash;
    }
}

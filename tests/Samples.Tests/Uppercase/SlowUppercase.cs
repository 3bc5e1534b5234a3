using System.Buffers;
using System.Text;

namespace Samples.Tests.Uppercase;

/// <summary>What the handler should answer, written as plainly as it can be said.</summary>
internal static class SlowUppercase
{
    public static byte[] Of(ReadOnlySpan<byte> source)
    {
        var result = new List<byte>();
        var encoded = new byte[4];
        while (!source.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(source, out var rune, out var length) == OperationStatus.Done)
            {
                result.AddRange(encoded[..Rune.ToUpperInvariant(rune).EncodeToUtf8(encoded)]);
                source = source[length..];
            }
            else
            {
                result.Add(source[0]);
                source = source[1..];
            }
        }

        return [.. result];
    }
}

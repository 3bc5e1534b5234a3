using System.Collections;

namespace Transports.Testing;

/// <summary>A sorted set of packet numbers that is equal to another with the same numbers.</summary>
internal sealed class PacketNumbers : IReadOnlyList<long>, IEquatable<PacketNumbers>
{
    public static readonly PacketNumbers None = new([]);

    private readonly long[] _numbers;

    public PacketNumbers(IEnumerable<long> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        _numbers = [.. numbers.Distinct().Order()];
        if (_numbers is [< 1, ..])
        {
            throw new ArgumentOutOfRangeException(nameof(numbers), _numbers[0], "Packets are counted from 1.");
        }
    }

    public int Count => _numbers.Length;

    public long this[int index] => _numbers[index];

    public bool Contains(long number) => Array.BinarySearch(_numbers, number) >= 0;

    public bool Equals(PacketNumbers? other) => other is not null && _numbers.AsSpan().SequenceEqual(other._numbers);

    public override bool Equals(object? obj) => Equals(obj as PacketNumbers);

    public override int GetHashCode() => _numbers.Aggregate(17, HashCode.Combine);

    public IEnumerator<long> GetEnumerator() => _numbers.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

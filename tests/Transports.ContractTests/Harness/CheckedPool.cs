using System.Buffers;
using System.Runtime.CompilerServices;

namespace Transports.ContractTests;

/// <summary>
/// A pool that knows what is rented. A returned buffer is overwritten and never given out again, so that whoever
/// still reads it reads rubbish; returning one twice, or one that was not rented here, fails the fact.
/// </summary>
public sealed class CheckedPool : ArrayPool<byte>
{
    private readonly Lock _gate = new();
    private readonly HashSet<byte[]> _rented = new(IdentityComparer.Instance);
    private long _rentedBytes;

    public int RentedCount
    {
        get
        {
            lock (_gate)
            {
                return _rented.Count;
            }
        }
    }

    /// <summary>The most bytes that were rented at one time.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>The first misuse, or null.</summary>
    public string? Misuse { get; private set; }

    public override byte[] Rent(int minimumLength)
    {
        var array = new byte[Math.Max(16, minimumLength)];
        lock (_gate)
        {
            _rented.Add(array);
            _rentedBytes += array.Length;
            PeakBytes = Math.Max(PeakBytes, _rentedBytes);
        }

        return array;
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        lock (_gate)
        {
            if (!_rented.Remove(array))
            {
                Misuse ??= $"Returned, but not rented: {array.Length} bytes. {Environment.StackTrace}";
                return;
            }

            _rentedBytes -= array.Length;
        }

        array.AsSpan().Fill(0xDD);
    }

    private sealed class IdentityComparer : IEqualityComparer<byte[]>
    {
        public static readonly IdentityComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => ReferenceEquals(x, y);

        public int GetHashCode(byte[] obj) => RuntimeHelpers.GetHashCode(obj);
    }
}

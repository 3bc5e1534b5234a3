using System.Buffers;
using System.Numerics;

namespace Transports.Testing;

/// <summary>Counts the buffers that are rented from it, to show that none is lost or returned twice.</summary>
/// <remarks>
/// Every buffer is a fresh one, longer than asked for where that is allowed, and filled with garbage both when it is
/// rented and when it is returned, so that who uses it too early or too late gets caught. All members may be used from
/// any thread.
/// </remarks>
public sealed class CountingBufferPool : ArrayPool<byte>
{
    private const int SmallestBuffer = 16;

    private readonly Lock _gate = new();
    private readonly StateSignal _signal;
    private readonly HashSet<byte[]> _outstanding = new(ReferenceEqualityComparer.Instance);
    private long _rented;

    /// <summary>Makes a pool of its own.</summary>
    public CountingBufferPool() => _signal = new StateSignal(_gate);

    /// <summary>How long, in real time, <see cref="WhenAllReturnedAsync"/> waits. Default 30 s.</summary>
    public TimeSpan WaitTimeout { get; init; } = StateSignal.DefaultTimeout;

    /// <summary>How many buffers are rented now.</summary>
    public int Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _outstanding.Count;
            }
        }
    }

    /// <summary>How many buffers were ever rented: more than 0, or a test for leaks shows nothing.</summary>
    public long Rented
    {
        get
        {
            lock (_gate)
            {
                return _rented;
            }
        }
    }

    /// <inheritdoc/>
    public override byte[] Rent(int minimumLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumLength);
        if (minimumLength == 0)
        {
            return [];
        }

        var rounded = BitOperations.RoundUpToPowerOf2((uint)Math.Max(minimumLength, SmallestBuffer));
        var array = new byte[Math.Min(rounded, (uint)Array.MaxLength)];
        Garbage.Fill(array);
        lock (_gate)
        {
            _outstanding.Add(array);
            _rented++;
        }

        return array;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The buffer was returned already, or is not this pool's.</exception>
    public override void Return(byte[] array, bool clearArray = false)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (!_outstanding.Remove(array))
            {
                throw new InvalidOperationException("This buffer was returned already, or is not from this pool.");
            }

            Garbage.Fill(array);
            _signal.Changed();
        }
    }

    /// <summary>Waits until no buffer is rented any more.</summary>
    /// <exception cref="TimeoutException">Some were not returned within <see cref="WaitTimeout"/>.</exception>
    public Task WhenAllReturnedAsync(CancellationToken cancellationToken = default) => _signal.WaitAsync(
        () => _outstanding.Count == 0,
        WaitTimeout,
        () => $"{Outstanding} of {Rented} rented buffers were not returned",
        cancellationToken);
}

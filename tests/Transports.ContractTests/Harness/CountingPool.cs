using System.Buffers;

namespace Transports.ContractTests;

/// <summary>The shared pool with a count of what is rented: costs nothing that would show when measuring.</summary>
public sealed class CountingPool : ArrayPool<byte>
{
    private int _rented;

    public int RentedCount => Volatile.Read(ref _rented);

    public override byte[] Rent(int minimumLength)
    {
        Interlocked.Increment(ref _rented);
        return Shared.Rent(minimumLength);
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        Interlocked.Decrement(ref _rented);
        Shared.Return(array, clearArray);
    }
}

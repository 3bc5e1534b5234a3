using System.Buffers;
using System.Diagnostics;

namespace Transports;

/// <summary>
/// The bytes of one connection that have arrived and are not yet handled, always contiguous. Rented when a receive is
/// about to begin and given back when all is handled and nothing more is there: an idle connection holds nothing. Part
/// of its connection, which knows the pool; not to be copied.
/// </summary>
internal struct InputBuffer()
{
    // A pool may give up to twice what was asked for.
    private const int TooLarge = 2;

    private byte[] _array = [];
    private int _start = 0;
    private int _end = 0;

    public readonly ReadOnlySpan<byte> Unread => _array.AsSpan(_start, _end - _start);

    public readonly ReadOnlyMemory<byte> Slice(int start, int length) => new(_array, start, length);

    /// <summary>Room for the next receive, behind what is there.</summary>
    /// <param name="pool">Where to rent it.</param>
    /// <param name="expected">How long the first message will be with all that frames it; 0 when unknown.</param>
    /// <param name="atOnce">How much room a receive gets that nothing is known of.</param>
    public Memory<byte> GetRoom(ArrayPool<byte> pool, int expected, int atOnce)
    {
        var length = _end - _start;
        var wanted = expected > length ? expected : (int)Math.Min(2L * length, Array.MaxLength);
        wanted = Math.Max(wanted, atOnce);
        if (length == 0 && _array.Length / TooLarge > wanted)
        {
            Release(pool);
        }

        if (_array.Length < wanted && (_end == _array.Length || _array.Length - _start < expected))
        {
            MoveTo(pool, wanted, length);
        }
        else if (_start > 0 && (_end == _array.Length || _array.Length - _start < expected))
        {
            _array.AsSpan(_start, length).CopyTo(_array);
            (_start, _end) = (0, length);
        }

        Debug.Assert(_end < _array.Length, "A receive into no room would look like the end of the stream.");
        return _array.AsMemory(_end);
    }

    public void Received(int count) => _end += count;

    /// <summary>Takes what comes first; returns where it stands until the next receive.</summary>
    public int Consume(int count)
    {
        var start = _start;
        _start += count;
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }

        return start;
    }

    /// <summary>Gives the buffer back if nothing is in it.</summary>
    public void ReleaseIfEmpty(ArrayPool<byte> pool)
    {
        if (_start == _end)
        {
            Release(pool);
        }
    }

    public void Release(ArrayPool<byte> pool)
    {
        (_start, _end) = (0, 0);
        if (_array.Length > 0)
        {
            pool.Return(_array);
            _array = [];
        }
    }

    private void MoveTo(ArrayPool<byte> pool, int wanted, int length)
    {
        var larger = pool.Rent(wanted);
        Unread.CopyTo(larger);
        Release(pool);
        (_array, _end) = (larger, length);
    }
}

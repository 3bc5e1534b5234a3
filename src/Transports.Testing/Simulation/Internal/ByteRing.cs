using System.Buffers;

namespace Transports.Testing;

/// <summary>A queue of bytes, bounded by whoever fills it.</summary>
internal sealed class ByteRing
{
    private byte[] _ring = [];
    private int _start;

    public int Count { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(Count + bytes.Length);
        var end = _ring.Length == 0 ? 0 : (_start + Count) % _ring.Length;
        var first = Math.Min(bytes.Length, _ring.Length - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..].CopyTo(_ring);
        Count += bytes.Length;
    }

    /// <summary>Copies bytes without taking them.</summary>
    public void Peek(int offset, Span<byte> destination)
    {
        var begin = (_start + offset) % Math.Max(1, _ring.Length);
        var first = Math.Min(destination.Length, _ring.Length - begin);
        _ring.AsSpan(begin, first).CopyTo(destination);
        _ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    /// <summary>Takes bytes.</summary>
    public void Skip(int count)
    {
        Count -= count;
        _start = _ring.Length == 0 ? 0 : (_start + count) % _ring.Length;
        if (Count == 0)
        {
            Release();
        }
    }

    public void Clear() => Skip(Count);

    private void Reserve(int needed)
    {
        if (_ring.Length >= needed)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _ring.Length));
        Peek(0, larger.AsSpan(0, Count));
        var count = Count;
        Release();
        (_ring, _start, Count) = (larger, 0, count);
    }

    private void Release()
    {
        if (_ring.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_ring);
        }

        (_ring, _start) = ([], 0);
    }
}

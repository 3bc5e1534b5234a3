using System.Buffers;
using Transports.Framing;

namespace Transports;

/// <summary>Puts what frames a message round its payload.</summary>
internal static class FrameWriter
{
    /// <summary>
    /// Frames a payload that stands in <paramref name="buffer"/> with <see cref="MessageFraming.MaxHeaderBytes"/> left
    /// free before it and <see cref="MessageFraming.MaxTrailerBytes"/> after it.
    /// </summary>
    /// <returns>The length of the whole, from <paramref name="start"/>.</returns>
    public static int Frame(MessageFraming framing, byte[] buffer, int start, int payloadLength)
    {
        var room = framing.MaxHeaderBytes;
        var payload = buffer.AsSpan(start + room, payloadLength);
        var header = room == 0 ? 0 : framing.WriteHeader(buffer.AsSpan(start, room), payload);
        if (header < room)
        {
            // A header of varying length turned out shorter than the room that was left for it.
            payload.CopyTo(buffer.AsSpan(start + header));
            payload = buffer.AsSpan(start + header, payloadLength);
        }

        var end = start + header + payloadLength;
        return header + payloadLength + framing.WriteTrailer(buffer.AsSpan(end, framing.MaxTrailerBytes), payload);
    }

    /// <summary>Appends a framed message to a rented buffer.</summary>
    public static void Append(
        MessageFraming framing, ArrayPool<byte> pool, ref byte[] buffer, ref int length, ReadOnlySpan<byte> payload)
    {
        Reserve(
            pool, ref buffer, length, length + framing.MaxHeaderBytes + payload.Length + framing.MaxTrailerBytes);
        payload.CopyTo(buffer.AsSpan(length + framing.MaxHeaderBytes));
        length += Frame(framing, buffer, length, payload.Length);
    }

    /// <summary>Makes a rented buffer at least <paramref name="needed"/> long and keeps what is in it.</summary>
    public static void Reserve(ArrayPool<byte> pool, ref byte[] buffer, int length, int needed)
    {
        if (buffer.Length >= needed)
        {
            return;
        }

        var larger = pool.Rent(Math.Max(needed, Math.Min(2 * buffer.Length, Array.MaxLength)));
        buffer.AsSpan(0, length).CopyTo(larger);
        Release(pool, ref buffer);
        buffer = larger;
    }

    public static void Release(ArrayPool<byte> pool, ref byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            pool.Return(buffer);
            buffer = [];
        }
    }
}

namespace Transports;

/// <summary>
/// Notes since when a record of TLS has been on its way, and how much of it is here. It looks at the lengths alone,
/// which stand in the clear before each record (RFC 8446, 5.1).
/// </summary>
internal sealed class TlsRecordMeter(TimeProvider timeProvider) : IReceivesRecords
{
    /// <summary>Type, version and, in the last two, the length of what follows.</summary>
    private const int HeaderBytes = 5;

    private long _since = long.MaxValue;
    private int _received;
    private int _length;

    public long UnfinishedSince(out int bytes)
    {
        // The time is noted before the bytes: those of a new record are never taken for an old one's.
        long since;
        do
        {
            since = Volatile.Read(ref _since);
            bytes = Volatile.Read(ref _received);
        }
        while (since != Volatile.Read(ref _since));

        return since;
    }

    /// <summary>Takes note of what has just been received; one call at a time.</summary>
    public void Received(ReadOnlySpan<byte> bytes)
    {
        var (received, length) = (_received, _length);
        var isNext = received == 0;
        while (!bytes.IsEmpty)
        {
            var count = 1;
            if (received < HeaderBytes)
            {
                // The last two bytes of the header stay, those before them are shifted out.
                length = ((length << 8) | bytes[0]) & 0xFFFF;
            }
            else
            {
                count = Math.Min(HeaderBytes + length - received, bytes.Length);
            }

            received += count;
            bytes = bytes[count..];
            if (received >= HeaderBytes && received == HeaderBytes + length)
            {
                (received, length, isNext) = (0, 0, true);
            }
        }

        _length = length;
        if (received == 0)
        {
            Volatile.Write(ref _since, long.MaxValue);
        }
        else if (isNext)
        {
            Volatile.Write(ref _since, timeProvider.GetTimestamp());
        }

        Volatile.Write(ref _received, received);
    }
}

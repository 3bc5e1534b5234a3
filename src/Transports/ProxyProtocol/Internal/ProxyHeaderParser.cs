namespace Transports;

/// <summary>
/// Reads the header of the PROXY protocol, version 1 or 2, with which a proxy tells whom it speaks for (the
/// specification is HAProxy's proxy-protocol.txt). Pure: no state, no I/O, no allocation but the endpoints.
/// </summary>
internal static class ProxyHeaderParser
{
    /// <summary>No header may be longer: version 2 has room for 64 KiB, but nobody sends as much.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Looks for a whole header at the start of what has been received.</summary>
    public static ProxyHeaderStatus Parse(ReadOnlySpan<byte> received, out ProxyHeader header)
    {
        header = default;
        if (received.IsEmpty)
        {
            return ProxyHeaderStatus.NeedMoreData;
        }

        return received[0] == ProxyHeaderV2.Signature[0]
            ? ProxyHeaderV2.Parse(received, out header)
            : ProxyHeaderV1.Parse(received, out header);
    }

    /// <summary>True as long as <paramref name="received"/> may become what begins with that.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> received, ReadOnlySpan<byte> beginning)
    {
        var length = Math.Min(received.Length, beginning.Length);
        return received[..length].SequenceEqual(beginning[..length]);
    }
}

namespace Transports;

/// <summary>
/// Where one datagram ends and the next begins in bytes that the system received as one: all are of one size, but the
/// last may be shorter (UDP_GRO, udp(7)).
/// </summary>
/// <param name="length">The bytes received.</param>
/// <param name="segmentLength">The size of each datagram; 0 when the system joined nothing.</param>
internal readonly struct JoinedDatagram(int length, int segmentLength)
{
    private readonly int _segmentLength = segmentLength > 0 && segmentLength < length ? segmentLength : length;

    /// <summary>At least one: nothing at all is an empty datagram.</summary>
    public int Count => length == 0 ? 1 : ((length - 1) / _segmentLength) + 1;

    public int OffsetOf(int index) => index * _segmentLength;

    public int LengthOf(int index) => Math.Min(_segmentLength, length - OffsetOf(index));
}

using System.Buffers;
using System.Net;

namespace Transports.Testing;

/// <summary>
/// A packet on a link, as a rule or a held link shows it. It may be kept, as it was when it arrived, and be sent again
/// with <see cref="SimulatedLink.Replay"/>.
/// </summary>
public sealed class SimulatedPacket : ITimed
{
    internal SimulatedPacket()
    {
    }

    /// <summary>Its number on its link, from 1.</summary>
    public long Number { get; internal set; }

    /// <summary>What it carries.</summary>
    public NetworkProtocol Protocol { get; internal set; }

    /// <summary>Where it comes from.</summary>
    public IPEndPoint Source => SimulatedAddress.ToEndPoint(SourceAddress, SourcePort);

    /// <summary>Where it is to go.</summary>
    public IPEndPoint Destination => SimulatedAddress.ToEndPoint(DestinationAddress, DestinationPort);

    /// <summary>What it carries, without headers.</summary>
    public ReadOnlyMemory<byte> Payload => Buffer.AsMemory(0, Length);

    /// <summary>TCP: its control bits.</summary>
    public TcpFlags Flags { get; internal set; }

    /// <summary>TCP: the number of its first byte.</summary>
    public uint SequenceNumber { get; internal set; }

    /// <summary>TCP: the number of the next byte that its sender expects.</summary>
    public uint AcknowledgmentNumber { get; internal set; }

    /// <summary>TCP: true when it carries what was sent before.</summary>
    public bool IsRetransmission { get; internal set; }

    bool ITimed.IsTraffic => true;

    bool ITimed.IsDue => true;

    internal SimulatedLink Link { get; set; } = null!;

    internal uint SourceAddress { get; set; }

    internal uint DestinationAddress { get; set; }

    internal ushort SourcePort { get; set; }

    internal ushort DestinationPort { get; set; }

    internal byte[] Buffer { get; set; } = [];

    internal int Length { get; set; }

    internal int WindowBytes { get; set; }

    internal int Copy { get; set; }

    /// <summary>How many copies of it there are.</summary>
    internal int Copies { get; set; }

    /// <summary>What a rule has decided about a packet that is held: it comes into force when it is let go.</summary>
    internal Verdict Verdict { get; set; }

    /// <summary>A checksum would find that it is not what was sent.</summary>
    internal bool IsDamaged { get; set; }

    /// <summary>Somebody outside may still look at it, so it is not used again.</summary>
    internal bool IsSeen { get; set; }

    /// <summary>What the trace keeps of the payload, once for all its events.</summary>
    internal ReadOnlyMemory<byte>? Kept { get; set; }

    internal int HeaderBytes => Protocol == NetworkProtocol.Tcp ? 40 : 28;

    /// <summary>Such as <c>#3 10.0.0.1:49152 > 10.0.0.2:80 TCP Syn</c>.</summary>
    public override string ToString() => Protocol == NetworkProtocol.Tcp
        ? $"#{Number} {Source} > {Destination} TCP {Flags}, {Length} bytes"
        : $"#{Number} {Source} > {Destination} UDP, {Length} bytes";

    void ITimed.Happen() => Link.Arrive(this);

    internal void Fill(ReadOnlySpan<byte> payload)
    {
        if (Buffer.Length < payload.Length)
        {
            Release();
            Buffer = ArrayPool<byte>.Shared.Rent(payload.Length);
        }

        payload.CopyTo(Buffer);
        Length = payload.Length;
    }

    internal void Release()
    {
        if (Buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Buffer);
        }

        (Buffer, Length) = ([], 0);
    }
}

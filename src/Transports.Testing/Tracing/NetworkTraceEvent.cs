using System.Net;

namespace Transports.Testing;

/// <summary>One event of a <see cref="NetworkTrace"/>. Immutable.</summary>
public sealed record NetworkTraceEvent
{
    /// <summary>When it happened, on the network's virtual clock, since the network was made.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>Its place in the trace, from 1: orders events of the same time.</summary>
    public long Sequence { get; internal set; }

    /// <summary>What happened.</summary>
    public required NetworkEventKind Kind { get; init; }

    /// <summary>Why, if it is a fault.</summary>
    public NetworkFault Fault { get; init; }

    /// <summary>The name of the host that sent the packet, or that the event is about.</summary>
    public string Source { get; init; } = "";

    /// <summary>The name of the host that the packet is for; empty if there is none.</summary>
    public string Destination { get; init; } = "";

    /// <summary>The packet's source address and port.</summary>
    public IPEndPoint? SourceEndPoint { get; init; }

    /// <summary>The packet's destination address and port.</summary>
    public IPEndPoint? DestinationEndPoint { get; init; }

    /// <summary>What the packet carries.</summary>
    public NetworkProtocol Protocol { get; init; }

    /// <summary>The packet's number, from 1 for each directed link; 0 if the event is not about a packet.</summary>
    public long PacketNumber { get; init; }

    /// <summary>0 for the packet itself, 1 and up for its copies.</summary>
    public int Copy { get; init; }

    /// <summary>TCP: the number of the segment's first byte.</summary>
    public uint SequenceNumber { get; init; }

    /// <summary>TCP: the number of the next byte that its sender expects.</summary>
    public uint AcknowledgmentNumber { get; init; }

    /// <summary>TCP: the control bits.</summary>
    public TcpFlags Flags { get; init; }

    /// <summary>TCP: how many bytes its sender is ready to take.</summary>
    public int WindowBytes { get; init; }

    /// <summary>How many bytes of payload the packet has.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>The payload, or as much of it as the trace keeps. Nobody may change it.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>A remark for people.</summary>
    public string? Note { get; init; }
}

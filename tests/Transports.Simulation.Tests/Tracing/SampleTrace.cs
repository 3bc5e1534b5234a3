using System.Net;
using System.Text;
using Transports.Testing;

namespace Transports.Simulation.Tests.Tracing;

/// <summary>A small conversation in which everything happens once, written event by event.</summary>
internal sealed class SampleTrace(bool isV6 = false)
{
    private readonly Dictionary<string, long> _numbers = new() { ["client"] = 0, ["server"] = 0 };

    public NetworkTrace Trace { get; } = new();

    private IPEndPoint Client => new(IPAddress.Parse(isV6 ? "fd00::1" : "10.0.0.1"), 49152);

    private IPEndPoint Server => new(IPAddress.Parse(isV6 ? "fd00::2" : "10.0.0.2"), 12000);

    /// <summary>Three datagrams: one answered, one lost, one that arrives twice and corrupt.</summary>
    public static NetworkTrace Datagrams(bool isV6 = false)
    {
        var sample = new SampleTrace(isV6);
        var hello = sample.Send(0, "client", NetworkProtocol.Udp, "hello <&> world");
        sample.Happen(40, hello, NetworkEventKind.Delivered);
        var reply = sample.Send(40, "server", NetworkProtocol.Udp, "HELLO <&> WORLD");
        var lost = sample.Send(41, "client", NetworkProtocol.Udp, "gone");
        sample.Happen(41, lost, NetworkEventKind.Dropped, NetworkFault.Loss);
        sample.Happen(80, reply, NetworkEventKind.Delivered);
        var twice = sample.Send(90, "client", NetworkProtocol.Udp, "");
        sample.Happen(90, twice, NetworkEventKind.Corrupted, NetworkFault.Corrupt);
        sample.Happen(90, twice with { Copy = 1 }, NetworkEventKind.Duplicated, NetworkFault.Duplicate);
        sample.Happen(120, twice with { Copy = 1 }, NetworkEventKind.Delivered);
        sample.Happen(131, twice, NetworkEventKind.Delivered);
        sample.Trace.Record(new NetworkTraceEvent
        {
            Time = TimeSpan.FromHours(1),
            Kind = NetworkEventKind.LinkChanged,
            Source = "client",
            Destination = "server",
            Note = "partition; #end",
        });
        return sample.Trace;
    }

    /// <summary>A handshake, a line whose segment is lost and sent again, its acknowledgment, and the end.</summary>
    public static NetworkTrace Stream(bool isV6 = false)
    {
        var sample = new SampleTrace(isV6);
        sample.Segment(0, "client", TcpFlags.Syn, 1000, 0);
        sample.Segment(20, "server", TcpFlags.Syn | TcpFlags.Ack, 5000, 1001);
        sample.Segment(40, "client", TcpFlags.Ack, 1001, 5001);
        sample.Segment(61, "client", TcpFlags.Psh | TcpFlags.Ack, 1001, 5001, "hello\n", isLost: true);
        sample.Segment(1061, "client", TcpFlags.Psh | TcpFlags.Ack, 1001, 5001, "hello\n", isRetransmission: true);
        sample.Segment(1081, "server", TcpFlags.Psh | TcpFlags.Ack, 5001, 1007, "HELLO\n");
        sample.Segment(1101, "client", TcpFlags.Fin | TcpFlags.Ack, 1007, 5007);
        sample.Segment(1121, "server", TcpFlags.Fin | TcpFlags.Ack, 5007, 1008);
        sample.Segment(1141, "client", TcpFlags.Ack, 1008, 5008);
        return sample.Trace;
    }

    private void Segment(
        int milliseconds,
        string from,
        TcpFlags flags,
        uint sequence,
        uint acknowledgment,
        string payload = "",
        bool isLost = false,
        bool isRetransmission = false)
    {
        var segment = Send(milliseconds, from, NetworkProtocol.Tcp, payload, item => item with
        {
            Kind = isRetransmission ? NetworkEventKind.Retransmitted : NetworkEventKind.Sent,
            Flags = flags,
            SequenceNumber = sequence,
            AcknowledgmentNumber = acknowledgment,
            WindowBytes = 65535,
        });
        Happen(
            isLost ? milliseconds : milliseconds + 20,
            segment,
            isLost ? NetworkEventKind.Dropped : NetworkEventKind.Delivered,
            isLost ? NetworkFault.Loss : NetworkFault.None);
    }

    private NetworkTraceEvent Send(
        int milliseconds,
        string from,
        NetworkProtocol protocol,
        string payload,
        Func<NetworkTraceEvent, NetworkTraceEvent>? change = null)
    {
        var bytes = Encoding.ASCII.GetBytes(payload);
        var isClient = from == "client";
        var item = new NetworkTraceEvent
        {
            Time = TimeSpan.FromMilliseconds(milliseconds),
            Kind = NetworkEventKind.Sent,
            Source = from,
            Destination = isClient ? "server" : "client",
            SourceEndPoint = isClient ? Client : Server,
            DestinationEndPoint = isClient ? Server : Client,
            Protocol = protocol,
            PacketNumber = ++_numbers[from],
            PayloadBytes = bytes.Length,
            Payload = Trace.Keep(bytes),
        };
        item = change?.Invoke(item) ?? item;
        Trace.Record(item);
        return item;
    }

    private void Happen(
        int milliseconds, NetworkTraceEvent packet, NetworkEventKind kind, NetworkFault fault = NetworkFault.None)
    {
        if (fault != NetworkFault.None)
        {
            Trace.Count(fault);
        }

        Trace.Record(packet with { Time = TimeSpan.FromMilliseconds(milliseconds), Kind = kind, Fault = fault });
    }
}

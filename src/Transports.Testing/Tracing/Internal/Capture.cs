using System.Buffers;
using System.Net;

namespace Transports.Testing;

/// <summary>A trace as a pcapng file: which packets, in which order, with which comments.</summary>
internal sealed class Capture(IReadOnlyList<NetworkTraceEvent> events)
{
    private const int FlushBytes = 64 * 1024;

    private static readonly DateTime Start = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The bytes of the file, in parts; each is valid until the next is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Blocks()
    {
        var packets = TracedPacket.From(events).Where(packet => PacketBytes.CanWrite(packet.First)).ToList();
        var interfaces = new Dictionary<string, int>();
        var names = new Dictionary<IPAddress, string>();
        foreach (var packet in packets.Select(packet => packet.First))
        {
            interfaces.TryAdd(packet.Source, interfaces.Count);
            names.TryAdd(PacketBytes.Plain(packet.SourceEndPoint!.Address), packet.Source);
            names.TryAdd(PacketBytes.Plain(packet.DestinationEndPoint!.Address), packet.Destination);
        }

        var output = new ArrayBufferWriter<byte>(FlushBytes);
        var blocks = new PcapngBlocks(output);
        blocks.WriteSection();
        foreach (var name in interfaces.Keys)
        {
            blocks.WriteInterface(name);
        }

        blocks.WriteNames(names);
        foreach (var packet in packets)
        {
            Write(blocks, packet, interfaces[packet.First.Source]);
            if (output.WrittenCount >= FlushBytes)
            {
                yield return output.WrittenMemory;
                output.ResetWrittenCount();
            }
        }

        yield return output.WrittenMemory;
    }

    private static void Write(PcapngBlocks blocks, TracedPacket packet, int interfaceNumber)
    {
        var nanoseconds = ((Start - DateTime.UnixEpoch).Ticks + packet.First.Time.Ticks) * 100;
        var bytes = PacketBytes.Write(packet.First);
        var missing = packet.First.PayloadBytes - packet.First.Payload.Length;
        var comment = packet.Remarks.Count == 0 ? null : string.Join("; ", packet.Remarks);
        blocks.WritePacket(interfaceNumber, nanoseconds, bytes, bytes.Length + missing, comment);
    }
}

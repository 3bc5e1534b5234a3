using System.Net;
using Transports.Testing;

namespace Transports.Simulation.Tests.Tracing;

public class CaptureTests
{
    [TsharkFact]
    public async Task WritePcapngAsync_Datagrams_AreSoundInBothFamilies()
    {
        foreach (var trace in (NetworkTrace[])[SampleTrace.Datagrams(), SampleTrace.Datagrams(isV6: true)])
        {
            await Tshark.AssertSoundAsync(trace);
            Assert.Equal(5, (await Tshark.ReadAsync(trace, "-Y", "udp && udp.checksum.status == 1")).Length);
        }
    }

    [TsharkFact]
    public async Task WritePcapngAsync_Stream_IsSoundInBothFamilies()
    {
        foreach (var trace in (NetworkTrace[])[SampleTrace.Stream(), SampleTrace.Stream(isV6: true)])
        {
            await Tshark.AssertSoundAsync(trace);
            Assert.Equal(9, (await Tshark.ReadAsync(trace, "-Y", "tcp && tcp.checksum.status == 1")).Length);
        }
    }

    [TsharkFact]
    public async Task WritePcapngAsync_Stream_AnalysisMarksTheRetransmission() => Assert.Equal(
        ["5\t1001"],
        await Tshark.ReadAsync(
            SampleTrace.Stream(), "-Y", "tcp.analysis.retransmission", "-T", "fields", "-e", "frame.number",
            "-e", "tcp.seq_raw"));

    [TsharkFact]
    public async Task WritePcapngAsync_Faults_AreCommented() => Assert.Equal(
        ["3\tdropped: loss", "4\tcorrupted", "5\tcopy of #3"],
        await Tshark.ReadAsync(
            SampleTrace.Datagrams(), "-Y", "frame.comment", "-T", "fields", "-e", "frame.number",
            "-e", "frame.comment"));

    [TsharkFact]
    public async Task WritePcapngAsync_Packets_CarryTimePortsAndNames()
    {
        var lines = await Tshark.ReadAsync(
            SampleTrace.Datagrams(), "-N", "n", "-T", "fields", "-e", "frame.time_epoch", "-e", "ip.src_host",
            "-e", "udp.dstport", "-e", "frame.interface_name", "-e", "udp.payload");

        var start = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        Assert.Equal(
            $"{start}.040000000\tserver\t49152\tserver\t{Convert.ToHexStringLower("HELLO <&> WORLD"u8)}", lines[1]);
    }

    [TsharkFact]
    public async Task WritePcapngAsync_PayloadNotKept_IsCutButSound()
    {
        var trace = new NetworkTrace(new NetworkTraceOptions { MaxPayloadBytes = 3 });
        foreach (var length in (int[])[0, 1, 3, 4, 1001])
        {
            trace.Record(Datagram(trace, new byte[length], length + 1));
        }

        await Tshark.AssertSoundAsync(trace);
        Assert.Equal(
            ["8", "9", "11", "12", "1009"],
            await Tshark.ReadAsync(trace, "-Y", "udp", "-T", "fields", "-e", "udp.length"));
    }

    [TsharkFact]
    public async Task WritePcapngAsync_ManyPackets_AreAllThere()
    {
        var trace = new NetworkTrace();
        for (var number = 1; number <= 3000; number++)
        {
            trace.Record(Datagram(trace, [.. BitConverter.GetBytes(number * 7919L), .. new byte[number % 50]], number));
        }

        await Tshark.AssertSoundAsync(trace);
        Assert.Equal(3000, (await Tshark.ReadAsync(trace)).Length);
    }

    [Fact]
    public async Task WritePcapngAsync_AnyTrace_IsMadeOfWholeBlocks()
    {
        using var stream = new MemoryStream();
        await SampleTrace.Datagrams().WritePcapngAsync(stream);

        var bytes = stream.ToArray();
        var types = new List<uint>();
        for (var offset = 0; offset < bytes.Length;)
        {
            var length = BitConverter.ToInt32(bytes, offset + 4);
            Assert.Equal(0, length % 4);
            Assert.Equal(length, BitConverter.ToInt32(bytes, offset + length - 4));
            types.Add(BitConverter.ToUInt32(bytes, offset));
            offset += length;
        }

        Assert.Equal([0x0A0D0D0Au, 1, 1, 4, 6, 6, 6, 6, 6], types);
    }

    private static NetworkTraceEvent Datagram(NetworkTrace trace, byte[] payload, int number) => new()
    {
        Time = TimeSpan.FromMilliseconds(number),
        Kind = NetworkEventKind.Sent,
        Source = "client",
        Destination = "server",
        SourceEndPoint = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 49152),
        DestinationEndPoint = new IPEndPoint(IPAddress.Parse("10.0.0.2"), 12000),
        Protocol = NetworkProtocol.Udp,
        PacketNumber = number,
        PayloadBytes = payload.Length,
        Payload = trace.Keep(payload),
    };
}

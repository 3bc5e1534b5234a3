using System.Globalization;
using Transports.Testing;

namespace Transports.Simulation.Tests.Tracing;

/// <summary>What the simulated network sends, read by somebody who knows the protocols better than we do.</summary>
public class SimulatedCaptureTests
{
    [TsharkFact]
    public async Task Tcp_UnderLoss_AnalysisMarksEveryRetransmissionOfTheTrace()
    {
        var trace = await ConverseAsync(isTcp: true, "delay 20ms loss 10%");

        await Tshark.AssertSoundAsync(trace);
        var packets = trace.Events.Where(item => item.Protocol == NetworkProtocol.Tcp)
            .Where(item => item.Kind is NetworkEventKind.Sent or NetworkEventKind.Retransmitted).ToArray();
        var again = packets.Select((item, index) => (item, frame: $"{index + 1}"))
            .Where(pair => pair.item.Kind == NetworkEventKind.Retransmitted).Select(pair => pair.frame).ToArray();
        var marked = await Tshark.ReadAsync(
            trace,
            "-Y",
            "tcp.analysis.retransmission || tcp.analysis.fast_retransmission || "
            + "tcp.analysis.spurious_retransmission || tcp.analysis.out_of_order || tcp.analysis.keep_alive || "
            + "tcp.analysis.zero_window_probe",
            "-T",
            "fields",
            "-e",
            "frame.number");

        Assert.Equal(packets.Length, (await Tshark.ReadAsync(trace, "-Y", "tcp")).Length);
        Assert.NotEmpty(again);
        Assert.Empty(again.Except(marked));
        trace.AssertFired(NetworkFault.Loss);
    }

    [TsharkFact]
    public async Task Udp_UnderLossAndDuplication_HasEveryPacketAndCopy()
    {
        var trace = await ConverseAsync(isTcp: false, "delay 20ms loss 10% duplicate 10% corrupt 5%");

        await Tshark.AssertSoundAsync(trace);
        var packets = trace.Events.Count(item => item.Protocol == NetworkProtocol.Udp
            && item.Kind is NetworkEventKind.Sent or NetworkEventKind.Duplicated);
        var lost = trace.Events.Count(item => item.Kind == NetworkEventKind.Dropped && item.Fault == NetworkFault.Loss);
        Assert.Equal(packets, (await Tshark.ReadAsync(trace, "-Y", "udp")).Length);
        Assert.Equal(lost, (await Tshark.ReadAsync(trace, "-Y", "frame.comment contains \"dropped: loss\"")).Length);
        trace.AssertFired();
    }

    private static async Task<NetworkTrace> ConverseAsync(bool isTcp, string conditions)
    {
        using var network = new SimulatedNetwork(seed: 5);
        var server = network.AddHost("server");
        var client = network.AddHost("client");
        network.SetConditions("client", "server", NetworkConditions.Parse(conditions));
        await network.RunAsync(async () =>
        {
            await using var listener = await (isTcp ? server.Tcp() : server.Udp()).ListenAsync(
                server.EndPoint(12_000), MessageHandler.FromText(text => text.ToUpperInvariant()));
            await using var connection = await (isTcp ? client.Tcp() : client.Udp())
                .ConnectAsync(server.EndPoint(12_000));
            for (var number = 0; number < 100; number++)
            {
                await connection.SendAsync(string.Create(CultureInfo.InvariantCulture, $"line {number}"));
                if (isTcp)
                {
                    await connection.ReceiveTextAsync();
                }
            }

            await network.WhenIdleAsync();
        });
        return network.Trace;
    }
}

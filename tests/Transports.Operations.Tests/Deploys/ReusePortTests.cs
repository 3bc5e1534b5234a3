using Samples.Tests.RealPeers;
using Transports.Requests;

namespace Transports.Operations.Tests.Deploys;

/// <summary>Two processes on one UDP port: the system shares the peers out among them.</summary>
public sealed class ReusePortTests
{
    [ProgramFact("kill")]
    public async Task TwoProcesses_OneStops_EveryRequestIsAnswered()
    {
        await using var first = await ServerProcess.StartAsync("a", 0, "udp://127.0.0.1:0?reusePort=true");
        await using var second = await ServerProcess.StartAsync("b", 0, first.Uris[0].ToString());
        await using var client = new RequestClient(
            first.EndPoint.Transport,
            first.EndPoint.EndPoint,
            new() { Timeout = TimeSpan.FromSeconds(60), RetransmitInterval = TimeSpan.FromMilliseconds(50) });

        // Every request has a port of its own, so each process gets about half of them.
        var names = new HashSet<char>();
        while (names.Count < 2)
        {
            names.Add((await client.RequestAsync("x"))[0]);
        }

        var load = Task.Run(async () =>
        {
            var (answers, ofTheOther) = (0, 0);
            while (ofTheOther < 500)
            {
                var name = (await client.RequestAsync("x"))[0];
                ofTheOther = name == 'b' && first.Program.HasEnded ? ofTheOther + 1 : 0;
                answers++;
            }

            return answers;
        });
        await first.TerminateAsync();

        Assert.True(await load >= 500);
    }
}

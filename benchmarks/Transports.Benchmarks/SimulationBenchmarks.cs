using System.Net;
using BenchmarkDotNet.Attributes;
using Transports.Testing;

namespace Transports.Benchmarks;

/// <summary>How many datagrams a simulated network carries from a client to a handler, on one core.</summary>
[MemoryDiagnoser]
public class SimulationBenchmarks
{
    private const int Datagrams = 100_000;
    private const int Burst = 100;

    [Params("", "delay 20ms 5ms loss 5% duplicate 1% reorder 1%")]
    public string Conditions { get; set; } = "";

    [Benchmark(OperationsPerInvoke = Datagrams)]
    public async Task Datagram()
    {
        var options = new SimulatedNetworkOptions
        {
            Seed = 1,
            Conditions = Conditions.Length == 0 ? null : NetworkConditions.Parse(Conditions),
            Trace = new NetworkTraceOptions { IsEnabled = false },
        };
        using var network = new SimulatedNetwork(options);
        await network.RunAsync(async () =>
        {
            var (server, client) = (network.AddHost("server"), network.AddHost("client"));
            var handler = MessageHandler.Create((_, _) => default);
            await using var listener = await server.Udp().ListenAsync(server.EndPoint(80), handler);
            await using var connection = await client.Udp().ConnectAsync(new IPEndPoint(server.Address, 80));
            var message = new byte[64];
            for (var sent = 0; sent < Datagrams; sent += Burst)
            {
                for (var index = 0; index < Burst; index++)
                {
                    await connection.SendAsync(message);
                }

                await network.WhenIdleAsync();
            }
        });
    }
}

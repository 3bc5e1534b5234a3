using System.Net;
using BenchmarkDotNet.Attributes;
using Transports.Testing;

namespace Transports.Benchmarks;

/// <summary>
/// How many datagrams a simulated network carries from a client to a handler, and how long an hour takes, on one core.
/// </summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Performance", "CA1822", Justification = "BenchmarkDotNet calls methods of an instance.")]
public class SimulationBenchmarks
{
    private const int Datagrams = 100_000;
    private const int Burst = 100;
    private const int SecondsPerHour = 3600;

    [Benchmark(OperationsPerInvoke = Datagrams)]
    [Arguments("limit 1000")]
    [Arguments("delay 20ms 5ms loss 5% duplicate 1% reorder 1%")]
    public async Task Datagram(string conditions)
    {
        var options = new SimulatedNetworkOptions
        {
            Seed = 1,
            Conditions = NetworkConditions.Parse(conditions),
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

    /// <summary>An hour of virtual time with one message a second over TCP, each answered, all traced.</summary>
    [Benchmark]
    public Task<NetworkTrace> Hour() => Simulation.RunAsync(1, async network =>
    {
        var (server, client) = (network.AddHost("server"), network.AddHost("client"));
        network.SetConditions("client", "server", NetworkConditions.Parse("delay 20ms"));
        var echo = MessageHandler.Create((context, token) => context.ReplyAsync(context.Payload.Span, token));
        await using var listener = await server.Tcp().ListenAsync(server.EndPoint(80), echo);
        await using var connection = await client.Tcp().ConnectAsync(server.EndPoint(80));
        for (var second = 0; second < SecondsPerHour; second++)
        {
            await connection.SendAsync("tick");
            await connection.ReceiveAsync();
            await Task.Delay(TimeSpan.FromSeconds(1), network.Time);
        }
    });
}

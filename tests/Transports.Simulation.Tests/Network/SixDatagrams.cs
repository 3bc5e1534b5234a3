using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>A scenario that code which is compiled in a test can call.</summary>
public static class SixDatagrams
{
    /// <summary>Sends six datagrams, then fails and says what was received.</summary>
    public static async Task RunAsync(SimulatedNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var received = new List<string>();
        var (server, client) = (network.AddHost("server"), network.AddHost("the \"client\" \\ 1"));
        await using var listener = await server.Udp().ListenAsync(server.EndPoint(80), MessageHandler.FromText(text =>
        {
            received.Add(text);
            return "";
        }));
        await using var connection = await client.Udp().ConnectAsync(server.EndPoint(80));
        for (var number = 1; number <= 6; number++)
        {
            await connection.SendAsync($"text {number}");
            await network.RunForAsync(TimeSpan.FromMilliseconds(10));
        }

        await network.WhenIdleAsync();
        throw new InvalidOperationException(string.Join(", ", received));
    }
}

using System.Globalization;
using Transports;
using Transports.Testing;
using Uppercase;

namespace LossyNetwork;

/// <summary>The upper-case service on a simulated network. Nothing here knows which transport it is.</summary>
internal sealed class Conversation(NetworkConditions conditions, ulong seed, int lines)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public async Task<Outcome> RunAsync(string name, Func<SimulatedHost, ITransport> transportOf)
    {
        var arrivals = new List<Arrival>();
        var trace = await Simulation.RunAsync(seed, async network =>
        {
            var server = network.AddHost("server");
            var client = network.AddHost("client");
            await using var listener = await transportOf(server)
                .ListenAsync(server.EndPoint(12_000), new UppercaseHandler());
            await using var connection = await transportOf(client).ConnectAsync(listener.LocalEndPoint);
            network.SetConditions("client", "server", conditions);

            var sent = new List<TimeSpan>();
            var receiving = ReceiveAsync(connection, network.Time, sent, arrivals);
            for (var line = 1; line <= lines; line++)
            {
                sent.Add(network.Time.Elapsed);
                await connection.SendAsync(string.Create(CultureInfo.InvariantCulture, $"line {line}"));
                await Task.Delay(Pace, network.Time);
            }

            // Nobody can know that a datagram is lost, only that it has not come for long. The time is virtual.
            await Task.WhenAny(receiving, Task.Delay(Patience, network.Time));
        });
        return new Outcome(name, arrivals, trace);
    }

    /// <summary>Until the last line that was missing has come, or the connection is closed.</summary>
    private async Task ReceiveAsync(
        IConnection connection, VirtualTimeProvider time, List<TimeSpan> sent, List<Arrival> arrivals)
    {
        var missing = Enumerable.Range(1, lines).ToHashSet();
        while (missing.Count > 0)
        {
            var reply = await connection.ReceiveTextAsync();
            if (LineOf(reply) is { } line && line <= sent.Count)
            {
                arrivals.Add(new Arrival(line, time.Elapsed - sent[line - 1]));
                missing.Remove(line);
            }
        }
    }

    /// <summary>Which line it answers; null if it was damaged on the way.</summary>
    private static int? LineOf(string reply) =>
        reply.StartsWith("LINE ", StringComparison.Ordinal)
        && int.TryParse(reply.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0
            ? line
            : null;
}

using System.Text;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>Four hosts, a to d, each of which can send a datagram to each other.</summary>
internal sealed class Mesh(SimulatedNetwork network) : IAsyncDisposable
{
    /// <summary>What <see cref="ReachAsync"/> says when nothing is wrong.</summary>
    public const string All = "ab ac ad ba bc bd ca cb cd da db dc";

    private static readonly string[] Names = ["a", "b", "c", "d"];

    private readonly List<IListener> _listeners = [];
    private readonly List<string> _received = [];

    public static async Task<Mesh> StartAsync(SimulatedNetwork network)
    {
        var mesh = new Mesh(network);
        foreach (var name in Names)
        {
            var host = network.AddHost(name);
            mesh._listeners.Add(await host.Udp().ListenAsync(host.EndPoint(80), MessageHandler.Create((context, _) =>
            {
                mesh._received.Add(Encoding.UTF8.GetString(context.Payload.Span));
                return default;
            })));
        }

        return mesh;
    }

    /// <summary>Who reaches whom: each sends to each, and <c>ab</c> says that a reached b.</summary>
    public async Task<string> ReachAsync()
    {
        _received.Clear();
        foreach (var (from, to) in Names.SelectMany(from => Names.Where(to => to != from).Select(to => (from, to))))
        {
            await using var client = await network.Host(from).Udp().ConnectAsync(network.Host(to).EndPoint(80));
            await client.SendAsync(from + to);
        }

        return await ReceivedAsync();
    }

    /// <summary>What has arrived since the last question, too.</summary>
    public async Task<string> ReceivedAsync()
    {
        await network.WhenIdleAsync();
        return string.Join(' ', _received.Order(StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }
    }
}

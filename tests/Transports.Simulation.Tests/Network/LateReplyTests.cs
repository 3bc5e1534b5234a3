using Transports.Requests;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

/// <summary>A reply that comes after its request was given up, where the system has hardly a port to give.</summary>
public class LateReplyTests
{
    private static readonly IMessageHandler Uppercase = MessageHandler.FromText(text => text.ToUpperInvariant());
    private static readonly SimulatedNetworkOptions TwoPorts = new() { EphemeralPorts = 2 };
    private static readonly RequestClientOptions Hurried = new() { Timeout = TimeSpan.FromMilliseconds(100) };

    [Fact]
    public Task Request_LateReplyToAnotherClient_IsNotTakenForItsOwn() => RunAsync(async (network, client, server) =>
    {
        var link = network.Link("server", "client");
        using var rule = link.AddRule(_ => Verdict.Hold);
        await using var hurried = new RequestClient(client.Udp(), server.EndPoint(80), Hurried);
        await using var patient = new RequestClient(client.Udp(), server.EndPoint(80), new RequestClientOptions());
        await Assert.ThrowsAsync<RequestTimeoutException>(async () => await hurried.RequestAsync("late"));
        var late = Assert.Single(link.HeldPackets);

        for (var number = 0; number < 4; number++)
        {
            var request = patient.RequestAsync($"request {number}").AsTask();
            await network.RunUntilAsync(() => link.HeldPackets.Count > 1, TimeSpan.FromSeconds(1));
            link.Replay(late);
            await network.RunForAsync(TimeSpan.FromMilliseconds(1));
            link.Deliver(link.HeldPackets.Single(packet => packet != late));

            Assert.Equal($"REQUEST {number}", await request);
        }
    });

    [Fact]
    public Task Port_OfARequestThatWasGivenUp_IsFreeAfterTheTime() => RunAsync(async (network, client, server) =>
    {
        using var rule = network.Link("server", "client").AddRule(_ => Verdict.Drop);
        await using var hurried = new RequestClient(client.Udp(), server.EndPoint(80), Hurried);
        await Assert.ThrowsAsync<RequestTimeoutException>(async () => await hurried.RequestAsync("lost"));
        await using var other = await client.Udp().ConnectAsync(server.EndPoint(80));
        await Assert.ThrowsAsync<ConnectionFailedException>(
            async () => await client.Udp().ConnectAsync(server.EndPoint(80)));

        await network.RunForAsync(Hurried.LateReplyTime);

        await using var again = await client.Udp().ConnectAsync(server.EndPoint(80));
    });

    [Fact]
    public Task DisposeAsync_WithARequestThatWasGivenUp_FreesItsPort() => RunAsync(async (network, client, server) =>
    {
        using var rule = network.Link("server", "client").AddRule(_ => Verdict.Drop);
        var hurried = new RequestClient(client.Udp(), server.EndPoint(80), Hurried);
        await Assert.ThrowsAsync<RequestTimeoutException>(async () => await hurried.RequestAsync("lost"));

        await hurried.DisposeAsync();

        await using var one = await client.Udp().ConnectAsync(server.EndPoint(80));
        await using var two = await client.Udp().ConnectAsync(server.EndPoint(80));
    });

    private static Task<NetworkTrace> RunAsync(Func<SimulatedNetwork, SimulatedHost, SimulatedHost, Task> scenario) =>
        Testing.Simulation.RunAsync(
            1,
            async network =>
            {
                var (server, client) = (network.AddHost("server"), network.AddHost("client"));
                await using var listener = await server.Udp().ListenAsync(server.EndPoint(80), Uppercase);
                await scenario(network, client, server);
            },
            TwoPorts);
}

using Transports.Requests;
using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

/// <summary>Conditions over a simulated host: delays, and what is built on them, go by the virtual clock.</summary>
public class SimulatedConditionsTests
{
    private static readonly IMessageHandler Uppercase = MessageHandler.FromText(text => text.ToUpperInvariant());
    private static readonly NetworkConditions Slow = NetworkConditions.Parse("delay 600s");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Request_ThatTakesTooLong_TimesOutInVirtualTime(bool isTcp) => RunAsync(async network =>
    {
        var host = network.Host("client");
        var transport = (isTcp ? host.Tcp() : host.Udp()).WithConditions(Slow, seed: 1);
        await using var client = new RequestClient(
            transport,
            network.Host("server").EndPoint(80),
            new RequestClientOptions { Timeout = TimeSpan.FromMinutes(5) });

        await Assert.ThrowsAsync<RequestTimeoutException>(async () => await client.RequestAsync("hello"));

        Assert.Equal(TimeSpan.FromMinutes(5), network.Time.Elapsed);
    });

    [Fact]
    public Task Message_ThatIsDelayed_ArrivesInVirtualTime() => RunAsync(async network =>
    {
        var transport = network.Host("client").Udp().WithConditions(Slow, seed: 1);
        await using var connection = await transport.ConnectAsync(network.Host("server").EndPoint(80));

        await connection.SendAsync("hello");

        Assert.Equal("HELLO", await connection.ReceiveTextAsync());
        Assert.InRange(network.Time.Elapsed, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(21));
    });

    private static Task<NetworkTrace> RunAsync(Func<SimulatedNetwork, Task> scenario) =>
        Testing.Simulation.RunAsync(1, async network =>
        {
            var server = network.AddHost("server");
            network.AddHost("client");
            await using var udp = await server.Udp().ListenAsync(server.EndPoint(80), Uppercase);
            await using var tcp = await server.Tcp().ListenAsync(server.EndPoint(80), Uppercase);
            await scenario(network);
        });
}

using System.Collections.Concurrent;
using System.Net;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Udp;

/// <summary>A handler that blocks, over real sockets: other peers of the same socket go on.</summary>
public class UdpStuckHandlerTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    public static TheoryData<TransportDriver> Drivers => OperatingSystem.IsLinux()
        ? [TransportDriver.Reactor, TransportDriver.Portable]
        : [TransportDriver.Portable];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Handler_ThatBlocks_HoldsUpNoOtherPeer(TransportDriver driver)
    {
        var transport = NewTransport(driver);
        using var handler = new StuckHandler();
        await using var listener = await transport.ListenAsync(AnyPort, handler);
        await using var stuck = await transport.ConnectAsync(listener.LocalEndPoint);
        await using var other = await transport.ConnectAsync(listener.LocalEndPoint);
        await stuck.SendAsync("block");
        await handler.WhenStuckAsync();

        for (var number = 0; number < 100; number++)
        {
            await other.SendAsync($"{number}");
            Assert.Equal($"{number}", await other.ReceiveTextAsync().Soon());
        }

        handler.LetGo();
        Assert.Equal("block", await stuck.ReceiveTextAsync().Soon());
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Handlers_ThatBlockInTheMiddleOfALoad_LoseAndDoubleNothing(TransportDriver driver)
    {
        const int Stuck = 12;
        const int Peers = 4;
        const int Rounds = 50;
        const int InFlight = 16;
        var transport = NewTransport(driver);
        using var handler = new StuckHandler();
        await using var listener = await transport.ListenAsync(AnyPort, handler);
        await using var stuck = await transport.ConnectAsync(listener.LocalEndPoint);
        var answered = new ConcurrentDictionary<string, int>();
        var load = Enumerable.Range(0, Peers).Select(peer => Task.Run(() => AskAsync(peer))).ToArray();
        for (var number = 0; number < Stuck; number++)
        {
            await stuck.SendAsync($"block {number}");
            await handler.WhenStuckAsync();
        }

        await Task.WhenAll(load).Soon();
        handler.LetGo();
        var late = new List<string>();
        while (late.Count < Stuck)
        {
            late.Add(await stuck.ReceiveTextAsync().Soon());
        }

        Assert.Equal(Stuck, late.Distinct().Count());
        Assert.Equal(Peers * Rounds * InFlight, answered.Count);
        Assert.All(answered.Values, times => Assert.Equal(1, times));

        async Task AskAsync(int peer)
        {
            await using var client = await transport.ConnectAsync(listener.LocalEndPoint);
            for (var round = 0; round < Rounds; round++)
            {
                for (var index = 0; index < InFlight; index++)
                {
                    await client.SendAsync($"{peer} {round} {index}");
                }

                for (var index = 0; index < InFlight; index++)
                {
                    var reply = await client.ReceiveTextAsync().Soon();
                    Assert.StartsWith($"{peer} {round} ", reply, StringComparison.Ordinal);
                    answered.AddOrUpdate(reply, 1, (_, times) => times + 1);
                }
            }
        }
    }

    private static UdpTransport NewTransport(TransportDriver driver) =>
        new(new UdpTransportOptions { Driver = driver });
}

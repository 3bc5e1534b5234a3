using System.Net;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;

namespace Transports.Tests.Udp;

public class UdpShardTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    public static TheoryData<TransportDriver> Drivers => new(TransportDriver.Portable, TransportDriver.Reactor);

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task Peers_OfManyShards_AreAllAnswered(TransportDriver driver)
    {
        var transport = new UdpTransport(new UdpTransportOptions { Shards = 4, Driver = driver });
        await using var listener = await transport.ListenAsync(AnyPort, Handlers.Echo);

        for (var peer = 0; peer < 64; peer++)
        {
            await using var client = await transport.ConnectAsync(listener.LocalEndPoint);
            await client.SendAsync($"I am {peer}");
            Assert.Equal($"I am {peer}", await client.ReceiveTextAsync().Soon());
        }

        // The kernel picks a socket by the peer's port: that 64 ports all miss one that nobody reads is one chance in
        // 10^8. Threads say nothing here: a shard that is slow is handed to another.
        await AssertBoundAsync(((IPEndPoint)listener.LocalEndPoint).Port, 4);
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task Listen_WhereShardsListen_ThrowsAddressInUse(TransportDriver driver)
    {
        var transport = new UdpTransport(new UdpTransportOptions { Shards = 2, Driver = driver });
        await using var listener = await transport.ListenAsync(AnyPort, Handlers.Echo);

        await transport.ListenAsync(listener.LocalEndPoint, Handlers.Echo).Throws<AddressInUseException, IListener>();
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task Listen_Again_AfterAllShardsStopped(TransportDriver driver)
    {
        var transport = new UdpTransport(new UdpTransportOptions { Shards = 3, Driver = driver });
        var listener = await transport.ListenAsync(AnyPort, Handlers.Echo);
        await listener.StopAsync().Soon();
        await listener.Completion.Soon();

        await using var again = await transport.ListenAsync(listener.LocalEndPoint, Handlers.Echo);

        Assert.Equal(listener.LocalEndPoint, again.LocalEndPoint);
    }

    [LinuxFact]
    public async Task Listeners_ThatReuseThePort_ShareThePeers()
    {
        var transport = new UdpTransport(new UdpTransportOptions { ReusePort = true });
        await using var one = await transport.ListenAsync(AnyPort, MessageHandler.FromText(_ => "one"));
        await using var two = await transport.ListenAsync(one.LocalEndPoint, MessageHandler.FromText(_ => "two"));
        var answers = new HashSet<string>();

        for (var peer = 0; peer < 64; peer++)
        {
            await using var client = await transport.ConnectAsync(one.LocalEndPoint);
            await client.SendAsync("who?");
            answers.Add(await client.ReceiveTextAsync().Soon());
        }

        Assert.Equal(["one", "two"], answers.Order());
    }

    [LinuxFact]
    public async Task Listen_WithManyShards_ReportsWhatTheKernelOffers()
    {
        using var logs = new LogCollector();
        var transport = new UdpTransport(new UdpTransportOptions { Shards = 2 }, logs);
        await using var listener = await transport.ListenAsync(AnyPort, Handlers.Echo);

        var (_, _, text, _) = Assert.Single(logs.Named("UdpCapabilities"));
        Assert.Contains("2 shards, up to 256 datagrams at once", text, StringComparison.Ordinal);
        Assert.Single(logs.Named("ReceiveBuffer"));
        Assert.Single(logs.Named("DriverChosen"));
    }

    /// <summary>Looks again where it must: what others open and close shifts the list while it is read.</summary>
    private static async Task AssertBoundAsync(int port, int sockets)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (SocketsBoundTo(port) is var found && found != sockets)
        {
            Assert.False(patience.IsCancellationRequested, $"{found} sockets are bound to port {port}.");
            await Task.Yield();
        }
    }

    /// <summary>Counts what the kernel lists: the second column is the local address, in hexadecimal.</summary>
    private static int SocketsBoundTo(int port) => File.ReadLines("/proc/net/udp")
        .Count(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == $"0100007F:{port:X4}");
}

using System.Net;
using System.Net.Sockets;

namespace Transports.Tests.Tcp;

public class TcpConnectTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly IMessageHandler Echo = MessageHandler.FromText(text => text);

    public static TheoryData<TransportDriver> Drivers => [TransportDriver.Portable, TransportDriver.Auto];

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task ConnectAsync_ToAName_ReachesItsAddress(TransportDriver driver)
    {
        var transport = new TcpTransport(new TcpTransportOptions { Driver = driver });
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Echo);
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;

        await using var connection = await transport.ConnectAsync(new DnsEndPoint("localhost", port));

        await connection.SendAsync("hello");
        Assert.Equal("hello", await connection.ReceiveTextAsync().AsTask().WaitAsync(Patience));
        Assert.Equal(listener.LocalEndPoint, connection.RemoteEndPoint);
        Assert.NotEqual(listener.LocalEndPoint, connection.LocalEndPoint);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task ConnectAsync_ToANameThatNobodyHas_FailsAsNotConnected(TransportDriver driver)
    {
        var transport = new TcpTransport(new TcpTransportOptions { Driver = driver });

        var thrown = await Assert.ThrowsAsync<ConnectionFailedException>(
            () => transport.ConnectAsync(new DnsEndPoint("nobody.invalid", 1)).AsTask().WaitAsync(Patience));
        Assert.Contains(" nobody.invalid:1 ", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task ConnectAsync_ToANameThatRefuses_FailsAsNotConnected(TransportDriver driver)
    {
        // Bound and not listening: nobody else can take the port, and who connects is refused.
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var transport = new TcpTransport(new TcpTransportOptions { Driver = driver });
        var port = ((IPEndPoint)holder.LocalEndPoint!).Port;

        await Assert.ThrowsAsync<ConnectionFailedException>(
            () => transport.ConnectAsync(new DnsEndPoint("localhost", port)).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public void Options_ThatCannotBe_AreAllNamedTogether()
    {
        var fault = Assert.Throws<ArgumentException>(() => new TcpTransport(new TcpTransportOptions
        {
            Backlog = 0,
            ReactorThreads = -1,
            MaxMessageBytes = 0,
            IdleTimeout = TimeSpan.FromSeconds(-5),
        }));

        Assert.All(
            (string[])["Backlog", "ReactorThreads", "MaxMessageBytes", "IdleTimeout"],
            name => Assert.Contains(name, fault.Message));
    }
}

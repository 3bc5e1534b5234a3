using System.Net;
using System.Net.Sockets;

namespace Transports.Tests.Tcp;

public class TcpListenTests
{
    private static readonly IMessageHandler Echo = MessageHandler.FromText(text => text);

    private readonly TcpTransport _transport = new(new TcpTransportOptions());

    [Fact]
    public async Task ListenAsync_OnAnAddressOfSomebodyElse_SaysSo()
    {
        var documentation = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0);

        var thrown = await Assert.ThrowsAsync<TransportException>(
            () => _transport.ListenAsync(documentation, Echo).AsTask());

        Assert.Equal("192.0.2.1:0 is not an address of this machine.", thrown.Message);
    }

    [Fact]
    public async Task ListenAsync_OnAUnixSocketInNoFolder_SaysThatTheFolderIsMissing()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "uppercase.sock");

        var thrown = await Assert.ThrowsAsync<TransportException>(
            () => _transport.ListenAsync(new UnixDomainSocketEndPoint(path), Echo).AsTask());

        if (OperatingSystem.IsLinux())
        {
            Assert.Equal($"There is no folder for the socket {path}.", thrown.Message);
        }
    }
}

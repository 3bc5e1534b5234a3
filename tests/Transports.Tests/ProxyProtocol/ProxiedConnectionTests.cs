using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Transports.ContractTests;
using Transports.Testing;
using Transports.Tests.Tls;

namespace Transports.Tests.ProxyProtocol;

/// <summary>Connections that come through a proxy, and those that only say so.</summary>
public class ProxiedConnectionTests : TlsTestBase
{
    private static readonly IPEndPoint Client = IPEndPoint.Parse("192.0.2.7:4711");
    private static readonly IPEndPoint Service = IPEndPoint.Parse("198.51.100.1:443");
    private readonly RecordingHandler _handler = new(MessageHandler.Create((context, token) =>
        context.ReplyAsync($"{context.RemoteEndPoint} {context.LocalEndPoint}", token)));

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Header_FromATrustedProxy_GivesTheClientsAddress(TransportDriver driver)
    {
        await using var listener = await ListenAsync(Trusting(driver), _handler);
        byte[][] headers = [ProxyHeaders.V1(Client, Service), ProxyHeaders.V2(Client, Service, new byte[20])];
        foreach (var header in headers)
        {
            // Whole, and with the first message in the same packet; then byte by byte.
            using var whole = await ConnectPlainAsync(listener);
            await whole.SendAsync((byte[])[.. header, .. "hello\n"u8]);
            Assert.Equal($"{Client} {Service}", await ReadLineAsync(whole));
            using var dripping = await ConnectPlainAsync(listener);
            dripping.NoDelay = true;
            foreach (var one in header)
            {
                await dripping.SendAsync((byte[])[one]);
            }

            await dripping.SendAsync("hello\n"u8.ToArray());
            Assert.Equal($"{Client} {Service}", await ReadLineAsync(dripping));
        }
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Header_BeforeTls_GivesTheClientsAddress(TransportDriver driver)
    {
        var options = Trusting(driver);
        options.ServerTls = Options(driver).ServerTls;
        await using var listener = await ListenAsync(options, _handler);
        using var socket = await ConnectPlainAsync(listener);
        await socket.SendAsync(ProxyHeaders.V2(Client, Service));
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestCertificates.Trust,
        });

        await tls.WriteAsync("hello\n"u8.ToArray());

        using var reader = new StreamReader(tls);
        Assert.Equal($"{Client} {Service}", await reader.ReadLineAsync().WaitAsync(Patience));
        Assert.NotNull(Assert.Single(_handler.Connections).Tls);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Header_OfAProxyThatSpeaksForItself_LeavesTheRealAddresses(TransportDriver driver)
    {
        await using var listener = await ListenAsync(Trusting(driver), _handler);
        byte[][] headers = [[.. "PROXY UNKNOWN\r\n"u8], ProxyHeaders.V2(0x20, 0, [])];
        foreach (var header in headers)
        {
            using var proxy = await ConnectPlainAsync(listener);
            await proxy.SendAsync((byte[])[.. header, .. "hello\n"u8]);
            var local = (IPEndPoint)proxy.LocalEndPoint!;
            Assert.Equal(
                $"127.0.0.1:{local.Port} {listener.LocalEndPoint}", await ReadLineAsync(proxy));
        }
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Header_FromSomebodyElse_IsDataLikeAnyOther(TransportDriver driver)
    {
        var options = Trusting(driver);
        options.TrustedProxies = [IPNetwork.Parse("192.0.2.0/24")];
        await using var listener = await ListenAsync(options, _handler);
        using var liar = await ConnectPlainAsync(listener);
        await liar.SendAsync(ProxyHeaders.V1(Client, Service));

        Assert.StartsWith("127.0.0.1:", await ReadLineAsync(liar), StringComparison.Ordinal);
        Assert.StartsWith("PROXY TCP4", Assert.Single(_handler.Texts), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Header_MissingOrMalformed_EndsThatConnectionIsCountedAndLoggedOnce(TransportDriver driver)
    {
        await using var listener = await ListenAsync(Trusting(driver), _handler);
        byte[][] starts = [[.. "hello\n"u8], [.. "PROXY TCP4 x\r\n"u8], ProxyHeaders.V2(0x21, 0x11, [1]), []];
        foreach (var start in starts)
        {
            using var peer = await ConnectPlainAsync(listener);
            await peer.SendAsync(start);
            peer.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(peer);
        }

        Assert.Empty(_handler.Connections);
        Assert.Contains("ProxyHeaderMalformed", Assert.Single(Logs.Named("HandshakeFailed")).Text);
        using var proper = await ConnectPlainAsync(listener);
        await proper.SendAsync((byte[])[.. ProxyHeaders.V1(Client, Service), .. "hello\n"u8]);
        Assert.Equal($"{Client} {Service}", await ReadLineAsync(proper));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Header_ThatDoesNotCome_EndsAtTheHandshakeTimeout(TransportDriver driver)
    {
        var time = new VirtualTimeProvider();
        await using var listener = await ListenAsync(Trusting(driver), _handler, time);
        using var silent = await ConnectPlainAsync(listener);
        using var halfway = await ConnectPlainAsync(listener);
        await halfway.SendAsync("PROXY TC"u8.ToArray());

        var ends = Task.WhenAll(ReadToEndAsync(silent), ReadToEndAsync(halfway));
        while (!ends.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await ends;
        var failures = await Logs.WaitForAsync("HandshakeFailed");
        Assert.All(failures, failure => Assert.Contains("TimedOut", failure.Text));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task MaxConnectionsPerAddress_ThroughAProxy_CountsClients(TransportDriver driver)
    {
        var options = Trusting(driver);
        options.MaxConnectionsPerAddress = 1;
        await using var listener = await ListenAsync(options, _handler);
        var other = IPEndPoint.Parse("192.0.2.8:4711");
        using var first = await ConnectPlainAsync(listener);
        await first.SendAsync((byte[])[.. ProxyHeaders.V1(Client, Service), .. "hello\n"u8]);
        Assert.Equal($"{Client} {Service}", await ReadLineAsync(first));
        using var second = await ConnectPlainAsync(listener);
        await second.SendAsync((byte[])[.. ProxyHeaders.V1(other, Service), .. "hello\n"u8]);
        Assert.Equal($"{other} {Service}", await ReadLineAsync(second));

        using var third = await ConnectPlainAsync(listener);
        await third.SendAsync(ProxyHeaders.V1(Client, Service));
        await ReadToEndAsync(third);

        Assert.Equal(2, _handler.Connections.Count);
        Assert.Single(await Logs.WaitForAsync("ConnectionRefused"));
    }

    [Fact]
    public void Uri_WithTrustedProxies_IsRead()
    {
        Assert.NotNull(TransportEndpoint.Parse("tcp://127.0.0.1:0?trustedProxies=10.0.0.0/8,2001:db8::/32"));
        Assert.Contains("trustedProxies", Assert.Throws<FormatException>(
            () => TransportEndpoint.Parse("tcp://127.0.0.1:0?trustedProxies=10.0.0.0/99")).Message);
    }

    private static TcpTransportOptions Trusting(TransportDriver driver) => new()
    {
        Driver = driver,
        TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")],
    };

    private static async Task<string> ReadLineAsync(Socket socket)
    {
        using var reader = new StreamReader(new NetworkStream(socket, ownsSocket: false), leaveOpen: false);
        return (await reader.ReadLineAsync().WaitAsync(Patience))!;
    }
}

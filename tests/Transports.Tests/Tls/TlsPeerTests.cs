using System.Net;
using System.Net.Sockets;
using Transports.Testing;
using Transports.Tests.Datagrams;

namespace Transports.Tests.Tls;

/// <summary>Peers that do TLS badly, or not at all; a well-behaved client is served and loses nothing.</summary>
public class TlsPeerTests : TlsTestBase
{
    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Truncation_EndWithoutCloseNotify_IsToldAndDeliversNoHalfMessage(TransportDriver driver)
    {
        var handler = new RecordingHandler(text => text);
        await using var listener = await ListenAsync(Options(driver), handler);
        var tls = await ConnectTlsAsync(listener);

        // The last line is not ended: at an orderly end it would count as a message.
        await tls.WriteAsync("pay 100\npay 1"u8.ToArray());
        await handler.WaitForMessagesAsync(1);
        ((NetworkStream)tls.InnerStreamOf()).Socket.Shutdown(SocketShutdown.Send);

        var ended = Assert.Single(await handler.WaitForDisconnectionsAsync(1));
        Assert.Equal(CloseReason.TlsTruncated, ended.Reason);
        Assert.Equal(["pay 100"], handler.Texts);
        await tls.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task CloseNotify_BeforeTheEnd_IsAnOrderlyClose(TransportDriver driver)
    {
        var handler = new RecordingHandler(text => text);
        await using var listener = await ListenAsync(Options(driver), handler);
        var tls = await ConnectTlsAsync(listener);

        await tls.WriteAsync("pay 100\npay 1"u8.ToArray());
        await tls.ShutdownAsync();

        var ended = Assert.Single(await handler.WaitForDisconnectionsAsync(1));
        Assert.Equal(CloseReason.RemoteClosed, ended.Reason);
        Assert.Equal(["pay 100", "pay 1"], handler.Texts);
        await tls.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Garbage_AfterTheHandshake_EndsThatConnectionAsTlsFailed(TransportDriver driver)
    {
        var handler = new RecordingHandler(text => text);
        var options = Options(driver);
        await using var listener = await ListenAsync(options, handler);
        await using var client = await ConnectAsync(listener, options);
        var tls = await ConnectTlsAsync(listener);
        await handler.WaitForConnectionsAsync(2);

        // A record of the right form, with a content that no key fits.
        await tls.InnerStreamOf().WriteAsync((byte[])[0x17, 0x03, 0x03, 0x00, 0x20, .. new byte[32]]);

        var ended = Assert.Single(await handler.WaitForDisconnectionsAsync(1));
        Assert.Equal(CloseReason.TlsFailed, ended.Reason);
        await AssertEchoesAsync(client);
        await tls.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Garbage_InPlaceOfAHandshake_IsRefusedCountedAndLoggedOnce(TransportDriver driver)
    {
        using var metrics = new MetricCollector("tls");
        var handler = new RecordingHandler(text => text);
        var options = Options(driver);
        await using var listener = await ListenAsync(options, handler);
        await using var client = await ConnectAsync(listener, options);
        var random = new Random(20_260_101);
        for (var i = 0; i < 100; i++)
        {
            using var peer = await ConnectPlainAsync(listener);
            var garbage = new byte[random.Next(1, 600)];
            random.NextBytes(garbage);
            await peer.SendAsync(i % 3 == 0 ? "GET / HTTP/1.1\r\n\r\n"u8.ToArray() : garbage);
            peer.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(peer);
        }

        await AssertEchoesAsync(client);
        Assert.Single(handler.Connections);
        Assert.Single(Logs.Named("HandshakeFailed"));
        Assert.True(
            metrics["transports.handshakes.failed tls_refused"] + metrics["transports.handshakes.failed peer_left"]
                >= 100);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Stall_InTheHandshake_EndsAtItsTimeoutAndHoldsUpNobody(TransportDriver driver)
    {
        var time = new VirtualTimeProvider();
        var options = Options(driver);
        options.HandshakeTimeout = TimeSpan.FromSeconds(10);
        options.IdleTimeout = Timeout.InfiniteTimeSpan;
        await using var listener = await ListenAsync(options, timeProvider: time);
        var silent = await ConnectPlainAsync(listener);
        var halfway = await ConnectPlainAsync(listener);
        await halfway.SendAsync((byte[])[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);

        // The clients' own clocks are the system's.
        await using var client = await ConnectAsync(listener, options);
        await AssertEchoesAsync(client);

        var ends = Task.WhenAll(ReadToEndAsync(silent), ReadToEndAsync(halfway));
        while (!ends.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await ends;
        var failures = await Logs.WaitForAsync("HandshakeFailed");
        Assert.All(failures, failure => Assert.Contains("TimedOut", failure.Text));
        await AssertEchoesAsync(client);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task MaxPendingHandshakes_Reached_OneMoreIsResetUntilAPlaceIsFree(TransportDriver driver)
    {
        var options = Options(driver);
        options.MaxPendingHandshakes = 2;
        await using var listener = await ListenAsync(options);
        var first = await ConnectPlainAsync(listener);
        using var second = await ConnectPlainAsync(listener);

        await Assert.ThrowsAsync<ConnectionFailedException>(() => ConnectAsync(listener, options));
        Assert.Single(await Logs.WaitForAsync("ConnectionRefused"));

        first.Dispose();
        while (true)
        {
            try
            {
                await using var client = await ConnectAsync(listener, options);
                await AssertEchoesAsync(client);
                return;
            }
            catch (ConnectionFailedException)
            {
                await Task.Yield();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task MaxConnectionsPerAddress_CountsHandshakesToo(TransportDriver driver)
    {
        var options = Options(driver);
        options.MaxConnectionsPerAddress = 1;
        await using var listener = await ListenAsync(options);
        using var staller = await ConnectPlainAsync(listener);

        await Assert.ThrowsAsync<ConnectionFailedException>(() => ConnectAsync(listener, options));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Stop_HandshakesUnderWay_BreaksThemOffAndWaitsForNone(TransportDriver driver)
    {
        var listener = await ListenAsync(Options(driver), timeProvider: new VirtualTimeProvider());
        using var silent = await ConnectPlainAsync(listener);
        using var halfway = await ConnectPlainAsync(listener);
        await halfway.SendAsync((byte[])[0x16, 0x03]);

        await listener.StopAsync().AsTask().WaitAsync(Patience);

        await ReadToEndAsync(silent);
        await ReadToEndAsync(halfway);
        Assert.True(listener.Completion.IsCompletedSuccessfully);
        Assert.Empty(Logs.Named("HandshakeFailed"));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Connect_PeerThatSaysNothing_FailsAtTheHandshakeTimeout(TransportDriver driver)
    {
        using var mute = new Socket(SocketType.Stream, ProtocolType.Tcp);
        mute.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        mute.Listen();
        var time = new VirtualTimeProvider();
        var options = Options(driver);
        options.HandshakeTimeout = TimeSpan.FromSeconds(3);
        var connecting = Transport(options, time).ConnectAsync(mute.LocalEndPoint!).AsTask();
        using var accepted = await mute.AcceptAsync().WaitAsync(Patience);
        var received = await accepted.ReceiveAsync(new byte[2000]).WaitAsync(Patience);
        Assert.True(received > 0);

        time.Advance(TimeSpan.FromSeconds(3));

        var failure = await Assert.ThrowsAsync<ConnectionFailedException>(() => connecting.WaitAsync(Patience));
        Assert.EndsWith(" did not finish the TLS handshake within 3 s.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Connect_PeerThatSpeaksNoTls_Fails(TransportDriver driver)
    {
        await using var listener = await ListenAsync(new TcpTransportOptions { Driver = driver });

        await Assert.ThrowsAsync<ConnectionFailedException>(() => ConnectAsync(listener, Options(driver)));
    }

    [Fact]
    public async Task ServerTlsSelector_Throws_FailsThatHandshakeAlone()
    {
        var isBroken = true;
        var options = Options(TransportDriver.Auto);
        var server = options.ServerTls!;
        options.ServerTls = null;
        options.ServerTlsSelector = (_, _, _, _) => isBroken
            ? throw new InvalidOperationException("broken")
            : ValueTask.FromResult(server);
        await using var listener = await ListenAsync(options);

        await Assert.ThrowsAsync<ConnectionFailedException>(() => ConnectAsync(listener, options));
        Assert.Single(await Logs.WaitForAsync("HandshakeFailed"));

        isBroken = false;
        await using var client = await ConnectAsync(listener, options);
        await AssertEchoesAsync(client);
    }
}

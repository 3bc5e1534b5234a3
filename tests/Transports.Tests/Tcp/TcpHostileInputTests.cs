using System.Net.Security;
using System.Net.Sockets;
using Transports.ContractTests;
using Transports.Framing;
using Transports.Testing;
using Transports.Tests.Datagrams;
using Transports.Tests.Reactor;
using Transports.Tests.Tls;
using Xunit.Abstractions;

namespace Transports.Tests.Tcp;

/// <summary>
/// Many peers that send what nobody should, do not go on, or take nothing. Each test says what was sent and what the
/// process held; a well-behaved client beside them gets every answer. They measure the process, so they run alone.
/// </summary>
[Collection(SerialTests.Name)]
public sealed class TcpHostileInputTests(ITestOutputHelper output)
{
    private const int Requests = 500;

    private readonly VirtualTimeProvider _time = new();
    private readonly Random _random = new(20_260_101);

    public static TheoryData<TransportDriver> Drivers => [TransportDriver.Reactor, TransportDriver.Portable];

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task ZeroWindow_PeersThatSendAndReadNothing_AreClosedAsSlowConsumers(TransportDriver driver)
    {
        const int Peers = 10;
        const int MostOffered = 32 * 1024 * 1024;

        // The clock runs far ahead of what the loopback carries, so the least rate would strike first.
        var options = new TcpTransportOptions { Driver = driver, MinReceiveRate = 0 };
        await using var server = await HostileServer.StartAsync(options, output, _time);
        await using var client = server.NewClient();
        var asking = HostileServer.AskAsync(client, Requests);
        var lines = Enumerable.Repeat((byte[])[.. new byte[999], (byte)'\n'], 1_000).SelectMany(line => line).ToArray();
        var offered = 0L;
        var peers = new List<Socket>();
        var offers = new List<Task>();
        for (var i = 0; i < Peers; i++)
        {
            var peer = await server.ConnectAsync(receiveBufferBytes: 4096);
            peers.Add(peer);
            offers.Add(Task.Run(async () =>
            {
                for (var sent = 0; sent < MostOffered && await TrySendAsync(peer, lines); sent += lines.Length)
                {
                    Interlocked.Add(ref offered, lines.Length);
                }
            }));
        }

        await asking;
        await server.AskUntilAsync(client, _time, () => server.Closed(CloseReason.SlowConsumer) == Peers);

        await Task.WhenAll(offers).WaitAsync(HostileServer.Patience);
        Assert.True(offered < (long)Peers * MostOffered, "All of it was taken.");
        Assert.InRange(server.Held.Buffers, 1, 50 * Peers);
        peers.ForEach(peer => peer.Dispose());
        await server.EndAsync(
            $"{Peers} connections, of each lines until no more were taken, {offered >> 20} MiB in all; none read");
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task Garbage_InPlaceOfLines_EndsThoseConnectionsAlone(TransportDriver driver)
    {
        const int Peers = 500;
        const int MostBytes = 200_000;
        await using var server = await HostileServer.StartAsync(new TcpTransportOptions { Driver = driver }, output);
        await using var client = server.NewClient();
        var asking = HostileServer.AskAsync(client, Requests);
        var noise = new byte[MostBytes];
        for (var i = 0; i < Peers; i++)
        {
            // Every other one without an end of line, so that some are too long.
            _random.NextBytes(noise);
            noise.AsSpan().Replace((byte)'\n', i % 2 == 0 ? (byte)'n' : (byte)'\n');
            using var peer = await server.ConnectAsync();
            var reading = HostileServer.WhenEndedAsync(peer);
            await TrySendAsync(peer, noise.AsMemory(0, _random.Next(1, MostBytes)));
            TryShutdown(peer);
            await reading;
            server.Held.Measure();
        }

        await asking;
        await server.EndAsync($"{Peers} connections in turn, of each up to {MostBytes} random bytes");
        Assert.InRange(server.Closed(CloseReason.MessageTooLong), 1, Peers / 2);
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task LengthPrefix_Huge_IsRefusedBeforeAnythingIsHeldForIt(TransportDriver driver)
    {
        const int Peers = 1_000;
        var options = new TcpTransportOptions
        {
            Driver = driver,
            Framing = MessageFraming.LengthPrefixed(),
            MaxAcceptsPerSecond = 1_000_000,
        };
        await using var server = await HostileServer.StartAsync(options, output);
        await using var client = server.NewClient();
        var asking = HostileServer.AskAsync(client, Requests);
        var peers = new List<Socket>();
        for (var i = 0; i < Peers; i++)
        {
            peers.Add(await server.ConnectAsync());
            await peers[i].SendAsync((byte[])[i % 2 == 0 ? (byte)0xFF : (byte)0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3]);
        }

        server.Held.Measure();
        await Task.WhenAll(peers.Select(HostileServer.WhenEndedAsync));
        await asking;
        peers.ForEach(peer => peer.Dispose());
        await server.EndAsync($"{Peers} connections, of each the prefix of a message of 2 or 4 GiB and 3 bytes of it");
        Assert.Equal(Peers, server.Closed(CloseReason.MessageTooLong));
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task TlsGarbage_InPlaceOfHandshakes_LeavesNothingBehind(TransportDriver driver)
    {
        const int Peers = 500;
        await using var server = await HostileServer.StartAsync(WithTls(driver), output);
        await using var client = server.NewClient();
        var asking = HostileServer.AskAsync(client, Requests);
        for (var i = 0; i < Peers; i++)
        {
            var noise = new byte[_random.Next(1, 20_000)];
            _random.NextBytes(noise);
            if (i % 2 == 0)
            {
                // The beginning is right: a record of a handshake.
                byte[] header = [0x16, 0x03, 0x01];
                header.AsSpan(0, Math.Min(3, noise.Length)).CopyTo(noise);
            }

            using var peer = await server.ConnectAsync();
            await TrySendAsync(peer, noise);
            TryShutdown(peer);
            await HostileServer.WhenEndedAsync(peer);
            server.Held.Measure();
        }

        await asking;
        Assert.Equal(1, server.MostOpen);
        await server.EndAsync($"{Peers} connections in turn, of each up to 20,000 random bytes, no handshake");
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task HandshakeStall_OfManyPeers_EndsAtTheTimeout(TransportDriver driver)
    {
        const int Peers = 500;
        await using var server = await HostileServer.StartAsync(WithTls(driver), output, _time);
        await using var client = server.NewClient();
        var asking = HostileServer.AskAsync(client, Requests);
        var peers = new List<Socket>();
        for (var i = 0; i < Peers; i++)
        {
            // Every other one begins a ClientHello of 512 bytes.
            peers.Add(await server.ConnectAsync());
            await peers[i].SendAsync((byte[])(i % 2 == 0 ? [] : [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
        }

        await asking;
        var ended = Task.WhenAll(peers.Select(HostileServer.WhenEndedAsync));
        await server.AskUntilAsync(client, _time, () => ended.IsCompleted);

        await ended;
        Assert.Equal(1, server.MostOpen);
        peers.ForEach(peer => peer.Dispose());
        await server.EndAsync($"{Peers} connections, of each nothing, or 6 bytes of a handshake");
    }

    [LinuxTheory]
    [MemberData(nameof(Drivers))]
    public async Task TlsRecord_HalfSentByManyPeers_IsClosedAsSlowSender(TransportDriver driver)
    {
        const int Peers = 200;
        var options = WithTls(driver);
        await using var server = await HostileServer.StartAsync(options, output, _time);
        await using var client = server.NewClient();
        var asking = HostileServer.AskAsync(client, Requests);
        var peers = new List<SslStream>();
        for (var i = 0; i < Peers; i++)
        {
            var peer = new SslStream(new NetworkStream(await server.ConnectAsync(), ownsSocket: true));
            peers.Add(peer);
            await peer.AuthenticateAsClientAsync(options.ClientTls!).WaitAsync(HostileServer.Patience);
            await peer.InnerStreamOf().WriteAsync((byte[])[0x17, 0x03, 0x03, 0x40, 0x00, .. new byte[100]]);
        }

        await asking;
        await server.AskUntilAsync(client, _time, () => server.Closed(CloseReason.SlowSender) == Peers);

        Assert.Equal(1, server.Open);
        peers.ForEach(peer => peer.Dispose());
        await server.EndAsync($"{Peers} connections, of each 105 bytes of a record of TLS of 16 KiB");
    }

    private static TcpTransportOptions WithTls(TransportDriver driver) => new()
    {
        Driver = driver,
        MaxAcceptsPerSecond = 1_000_000,
        ServerTls = new SslServerAuthenticationOptions { ServerCertificate = TestCertificates.Localhost },
        ClientTls = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestCertificates.Trust,
        },
    };

    /// <summary>Sends all of it, or as much as is taken before the other side has had enough.</summary>
    private static async Task<bool> TrySendAsync(Socket peer, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await peer.SendAsync(bytes)..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void TryShutdown(Socket peer)
    {
        try
        {
            peer.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other side was faster.
        }
    }
}

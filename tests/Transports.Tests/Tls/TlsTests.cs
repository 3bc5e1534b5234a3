using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Transports.ContractTests;
using Transports.Testing;

namespace Transports.Tests.Tls;

/// <summary>What TLS agrees on, and who is let in.</summary>
public class TlsTests : TlsTestBase
{
    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Tls_OnBothSides_TellsWhatWasAgreedOn(TransportDriver driver)
    {
        var observer = new RecordingHandler(text => text);
        var options = Options(driver);
        options.ServerTls!.ApplicationProtocols = [new SslApplicationProtocol("b"), new SslApplicationProtocol("a")];
        options.ClientTls!.ApplicationProtocols = [new SslApplicationProtocol("a"), new SslApplicationProtocol("c")];
        options.ClientTls.TargetHost = "localhost";
        await using var listener = await ListenAsync(options, observer);

        await using var client = await ConnectAsync(listener, options);

        await AssertEchoesAsync(client);
        var accepted = Assert.Single(await observer.WaitForConnectionsAsync(1));
        foreach (var session in new[] { client.Tls, accepted.Tls })
        {
            Assert.NotNull(session);
            Assert.True(session.Protocol >= SslProtocols.Tls12);
            Assert.NotEqual(default, session.CipherSuite);
            Assert.Equal(new SslApplicationProtocol("a"), session.ApplicationProtocol);
            Assert.Equal("localhost", session.ServerName);
        }

        Assert.Equal("CN=localhost", client.Tls!.RemoteCertificate!.Subject);
        Assert.Null(accepted.Tls!.RemoteCertificate);
    }

    [Fact]
    public async Task Tls_WhereThereIsNone_IsNull()
    {
        var options = new TcpTransportOptions();
        await using var listener = await ListenAsync(options);

        await using var client = await ConnectAsync(listener, options);

        Assert.Null(client.Tls);
        Assert.Equal("tcp", Transport(options).Capabilities.Scheme);
        Assert.Equal("tls", Transport(Options(TransportDriver.Auto)).Capabilities.Scheme);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task ServerTlsSelector_ByServerName_ChoosesTheCertificate(TransportDriver driver)
    {
        using var blue = TestCertificates.Make("blue.example");
        using var green = TestCertificates.Make("green.example");
        var options = Options(driver);
        options.ServerTls = null;
        options.ServerTlsSelector = (_, hello, _, _) => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificate = hello.ServerName == "blue.example" ? blue : green,
        });
        await using var listener = await ListenAsync(options);
        foreach (var name in new[] { "blue.example", "green.example" })
        {
            options.ClientTls!.TargetHost = name;
            await using var client = await ConnectAsync(listener, options);
            await AssertEchoesAsync(client);
            Assert.Equal($"CN={name}", client.Tls!.RemoteCertificate!.Subject);
        }
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task MutualTls_ClientWithCertificate_IsKnownOnTheConnection(TransportDriver driver)
    {
        using var alice = TestCertificates.Make("alice");
        var options = Options(driver);
        options.ServerTls!.ClientCertificateRequired = true;
        options.ServerTls.CertificateChainPolicy = Trust;
        options.ClientTls!.ClientCertificates = [alice];
        await using var listener = await ListenAsync(options, MessageHandler.Create((context, token) =>
            context.ReplyAsync(context.Connection.Tls!.RemoteCertificate!.Subject, token)));

        await using var client = await ConnectAsync(listener, options);
        await client.SendAsync("who am I?");

        Assert.Equal("CN=alice", await client.ReceiveTextAsync().AsTask().WaitAsync(Patience));
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task MutualTls_ClientWithoutCertificate_IsRefusedAndTold(TransportDriver driver)
    {
        var options = Options(driver);
        options.ServerTls!.ClientCertificateRequired = true;
        options.ServerTls.CertificateChainPolicy = Trust;
        var handler = new RecordingHandler();
        await using var listener = await ListenAsync(options, handler);

        // TLS 1.3 has a client know of its refusal only when it reads: it is either of the two.
        var failure = await Assert.ThrowsAnyAsync<TransportException>(async () =>
        {
            await using var client = await ConnectAsync(listener, options);
            await client.ReceiveAsync().AsTask().WaitAsync(Patience);
        });

        Assert.True(
            failure is ConnectionFailedException
                or ConnectionClosedException
            {
                Reason: CloseReason.TlsFailed or CloseReason.TlsTruncated or CloseReason.RemoteReset,
            },
            $"{failure}");
        Assert.Contains("TlsRefused", Assert.Single(await Logs.WaitForAsync("HandshakeFailed")).Text);
        Assert.Empty(handler.Connections);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Connect_CertificateNotTrustedOrOfAnotherName_Fails(TransportDriver driver)
    {
        var options = Options(driver);
        await using var listener = await ListenAsync(options);
        var untrusting = Options(driver);
        untrusting.ClientTls = new SslClientAuthenticationOptions();
        var elsewhere = Options(driver);
        elsewhere.ClientTls!.TargetHost = "somebody.else";

        await Assert.ThrowsAsync<ConnectionFailedException>(() => ConnectAsync(listener, untrusting));
        await Assert.ThrowsAsync<ConnectionFailedException>(() => ConnectAsync(listener, elsewhere));

        await using var client = await ConnectAsync(listener, options);
        await AssertEchoesAsync(client);
    }

    [Theory]
    [MemberData(nameof(Drivers))]
    public async Task Connect_ToANameOfTheDns_ChecksTheCertificateForIt(TransportDriver driver)
    {
        var options = Options(driver);
        await using var listener = await ListenAsync(options);
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;

        await using var client = await Transport(options).ConnectAsync(new DnsEndPoint("localhost", port));

        Assert.Equal("localhost", client.Tls!.ServerName);
        await AssertEchoesAsync(client);
    }

    [Fact]
    public async Task Options_OfOneSideAlone_RefuseTheOther()
    {
        var client = Options(TransportDriver.Auto);
        client.ServerTls = null;
        var server = Options(TransportDriver.Auto);
        server.ClientTls = null;

        await Assert.ThrowsAsync<InvalidOperationException>(() => ListenAsync(client));
        await using var listener = await ListenAsync(server);
        await Assert.ThrowsAsync<InvalidOperationException>(() => ConnectAsync(listener, server));
    }

    [Fact]
    public async Task Options_ChangedAfterwards_AreCopiesByThen()
    {
        var options = Options(TransportDriver.Auto);
        var transport = Transport(options);
        options.ServerTls!.ServerCertificate = null;
        options.ClientTls!.TargetHost = "somebody.else";

        await using var listener = await transport.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0), MessageHandler.FromText(text => text));
        await using var client = await transport.ConnectAsync(listener.LocalEndPoint);

        await AssertEchoesAsync(client);
    }

    [Fact]
    public void Options_ThatCannotBe_AreAllNamed()
    {
        var options = Options(TransportDriver.Auto);
        options.ServerTls!.ServerCertificate = null;
        options.ServerTlsSelector = (_, _, _, _) => throw new NotSupportedException();
        options.HandshakeTimeout = TimeSpan.FromSeconds(-5);
        options.MaxPendingHandshakes = 0;

        var fault = Assert.Throws<ArgumentException>(() => Transport(options));

        Assert.All(
            (string[])["ServerTlsSelector", "must have a certificate", "HandshakeTimeout", "MaxPendingHandshakes"],
            text => Assert.Contains(text, fault.Message));
    }
}

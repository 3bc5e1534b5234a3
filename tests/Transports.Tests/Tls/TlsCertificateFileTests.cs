using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Transports.ContractTests;
using Transports.Testing;

namespace Transports.Tests.Tls;

/// <summary>Certificates in files, and their renewal under a server that goes on.</summary>
public sealed class TlsCertificateFileTests : TlsTestBase, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tls");
    private readonly VirtualTimeProvider _time = new();

    private string CertificatePath => Path.Combine(_directory.FullName, "server.pem");

    private string KeyPath => Path.Combine(_directory.FullName, "server.key");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Renewal_UnderARunningServer_ServesTheNextHandshakeAndDropsNobody()
    {
        Write(TestCertificates.Make("localhost"));
        var file = new TlsCertificateFile(CertificatePath, KeyPath, null, Logs, _time);
        var options = Options(TransportDriver.Auto);
        options.ServerTls = null;
        options.ServerTlsSelector = (_, _, _, _) => ValueTask.FromResult(
            new SslServerAuthenticationOptions { ServerCertificateContext = file.Current });
        await using var listener = await ListenAsync(options);
        await using var before = await ConnectAsync(listener, options);
        var renewed = TestCertificates.Make("localhost");

        Write(renewed);
        _time.Advance(TimeSpan.FromSeconds(1));
        await using var after = await ConnectAsync(listener, options);

        Assert.Equal(renewed.Thumbprint, after.Tls!.RemoteCertificate!.Thumbprint);
        Assert.NotEqual(renewed.Thumbprint, before.Tls!.RemoteCertificate!.Thumbprint);
        await AssertEchoesAsync(before);
        await AssertEchoesAsync(after);
        Assert.Single(Logs.Named("CertificateReplaced"));
    }

    [Fact]
    public void Renewal_HalfWritten_LeavesTheOldOneUntilItIsWhole()
    {
        var old = TestCertificates.Make("localhost");
        Write(old);
        var file = new TlsCertificateFile(CertificatePath, KeyPath, null, Logs, _time);
        var renewed = TestCertificates.Make("localhost");

        File.WriteAllText(CertificatePath, renewed.ExportCertificatePem());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(old.Thumbprint, file.Current.TargetCertificate.Thumbprint);
        File.Delete(KeyPath);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(old.Thumbprint, file.Current.TargetCertificate.Thumbprint);
        Assert.Single(Logs.Named("CertificateUnreadable"));

        Write(renewed);
        Assert.Equal(old.Thumbprint, file.Current.TargetCertificate.Thumbprint);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(renewed.Thumbprint, file.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Read_KeyAndChainInOneFile_TakesTheFirstCertificateAndSendsTheRest()
    {
        var own = TestCertificates.Make("localhost");
        File.WriteAllText(CertificatePath, string.Join(
            '\n', own.ExportCertificatePem(), TestCertificates.Authority.ExportCertificatePem(), KeyOf(own)));

        var context = new TlsCertificateFile(CertificatePath).Current;

        Assert.Equal(own.Thumbprint, context.TargetCertificate.Thumbprint);
        Assert.True(context.TargetCertificate.HasPrivateKey);
    }

    [Fact]
    public void Read_EncryptedKey_NeedsItsPassword()
    {
        var own = TestCertificates.Make("localhost");
        using var key = own.GetECDsaPrivateKey()!;
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllText(CertificatePath, own.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));

        Assert.Equal(
            own.Thumbprint,
            new TlsCertificateFile(CertificatePath, KeyPath, "secret").Current.TargetCertificate.Thumbprint);
        Assert.ThrowsAny<CryptographicException>(() => new TlsCertificateFile(CertificatePath, KeyPath, "wrong"));
    }

    [Fact]
    public void Read_Pkcs12_TakesTheCertificateThatHasAKey()
    {
        var own = TestCertificates.Make("localhost");
        var all = new X509Certificate2Collection { TestCertificates.Authority, own };
        File.WriteAllBytes(CertificatePath, all.Export(X509ContentType.Pkcs12, "secret")!);

        var file = new TlsCertificateFile(CertificatePath, keyPath: null, "secret");

        Assert.Equal(own.Thumbprint, file.Current.TargetCertificate.Thumbprint);
        File.WriteAllBytes(CertificatePath, TestCertificates.Authority.Export(X509ContentType.Pkcs12));
        Assert.ThrowsAny<CryptographicException>(() => new TlsCertificateFile(CertificatePath));
    }

    [Fact]
    public async Task Uri_OfTls_ListensAndConnectsWithMutualTrust()
    {
        Write(TestCertificates.Make("localhost"));
        var authorities = Path.Combine(_directory.FullName, "authorities.pem");
        File.WriteAllText(authorities, TestCertificates.Authority.ExportCertificatePem());
        var query = $"certificate={CertificatePath}&key={KeyPath}&authorities={authorities}"
            + "&requireClientCertificate=true&alpn=upper,lower&handshakeTimeout=5s&maxPendingHandshakes=10";
        var server = TransportEndpoint.Parse($"tls://127.0.0.1:0?{query}", Logs);
        var handler = new RecordingHandler(text => text);
        await using var listener = await server.Transport.ListenAsync(server.EndPoint, handler);

        var client = TransportEndpoint.Parse(EndpointUri.For("tls", listener.LocalEndPoint, server.Query).ToString());
        await using var connection = await client.ConnectAsync();

        await AssertEchoesAsync(connection);
        Assert.Equal(new SslApplicationProtocol("upper"), connection.Tls!.ApplicationProtocol);
        Assert.Equal("CN=localhost", Assert.Single(handler.Connections).Tls!.RemoteCertificate!.Subject);
    }

    [Theory]
    [InlineData("tls://127.0.0.1:0", "certificate must be set")]
    [InlineData("tls://127.0.0.1:0?key=a.key", "without certificate")]
    [InlineData("tls://127.0.0.1:0?requireClientCertificate=true", "without certificate")]
    [InlineData("tls://127.0.0.1:0?certificate=missing.pem", "certificate cannot be read")]
    [InlineData("tls://127.0.0.1:0?authorities=missing.pem", "authorities cannot be read")]
    [InlineData("tls://127.0.0.1:0?certificat=a.pem", "'certificat'")]
    public void Uri_ThatIsFaulty_SaysWhatIsWrong(string uri, string expected)
    {
        var faults = new List<string>();
        var schemes = new EndpointSchemes(BuiltInSchemes.Create(Logs, _time));

        Assert.Null(schemes.ResolveListening(uri, faults));

        Assert.Contains(expected, Assert.Single(faults));
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private void Write(X509Certificate2 certificate)
    {
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, KeyOf(certificate));
    }
}

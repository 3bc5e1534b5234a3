using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Transports.ContractTests;

/// <summary>Certificates that a test makes in memory, from an authority of its own that nobody else trusts.</summary>
public static class TestCertificates
{
    private static readonly X509Certificate2 AuthorityWithKey = MakeAuthority();

    /// <summary>The authority, without its key.</summary>
    public static X509Certificate2 Authority { get; } =
        X509CertificateLoader.LoadCertificate(AuthorityWithKey.RawData);

    /// <summary>For <c>localhost</c> and the loopback addresses.</summary>
    public static X509Certificate2 Localhost { get; } = Make("localhost");

    /// <summary>How to trust that authority and nobody else, without asking anybody on the network.</summary>
    public static X509ChainPolicy Trust => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { Authority },
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    /// <summary>A certificate of the authority, with its key.</summary>
    public static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.Create(
            AuthorityWithKey, now.AddMinutes(-5), now.AddHours(20), RandomNumberGenerator.GetBytes(12));
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    private static X509Certificate2 MakeAuthority()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(24));
    }
}

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Transports;

/// <summary>Makes of the content of files what TLS presents to its peer.</summary>
internal static class CertificateReader
{
    private static ReadOnlySpan<byte> PemMark => "-----BEGIN "u8;

    /// <summary>A certificate, its key and the rest of its chain; <paramref name="key"/> may be empty.</summary>
    /// <exception cref="CryptographicException">There is no certificate, or no key that fits.</exception>
    public static SslStreamCertificateContext Read(byte[] certificate, byte[] key, string? password)
    {
        var chain = new X509Certificate2Collection();
        X509Certificate2 own;
        if (certificate.AsSpan().IndexOf(PemMark) >= 0)
        {
            own = ReadPem(certificate, key.Length == 0 ? certificate : key, password);
            chain.ImportFromPem(Encoding.UTF8.GetString(certificate));
        }
        else
        {
            chain = X509CertificateLoader.LoadPkcs12Collection(certificate, password);
            own = chain.FirstOrDefault(candidate => candidate.HasPrivateKey)
                ?? throw new CryptographicException("There is no private key in the file.");
        }

        // Offline: a server that starts must not depend on somebody else's.
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    /// <summary>The certificates in a PEM file.</summary>
    /// <exception cref="CryptographicException">There is none.</exception>
    public static X509Certificate2Collection ReadAuthorities(string path)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0
            ? authorities
            : throw new CryptographicException("There is no certificate in the file.");
    }

    private static X509Certificate2 ReadPem(byte[] certificate, byte[] key, string? password)
    {
        var own = CreateFromPem(Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key), password);
        if (!OperatingSystem.IsWindows())
        {
            return own;
        }

        // Windows does TLS only with a key that its own store has seen.
        using (own)
        {
            return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null);
        }
    }

    private static X509Certificate2 CreateFromPem(string certificate, string key, string? password)
    {
        try
        {
            return password is null
                ? X509Certificate2.CreateFromPem(certificate, key)
                : X509Certificate2.CreateFromEncryptedPem(certificate, key, password);
        }
        catch (ArgumentException exception)
        {
            // A key of another certificate: here that is a fault of the files like any other.
            throw new CryptographicException(exception.Message, exception);
        }
    }
}

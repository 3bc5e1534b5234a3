using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary><c>tls://0.0.0.0:12000?certificate=server.pem&amp;key=server.key</c>: TCP with TLS on both sides.</summary>
internal sealed class TlsEndpointScheme(ILoggerFactory? loggerFactory, TimeProvider? timeProvider) : IEndpointScheme
{
    public string Name => "tls";

    public TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults)
    {
        var before = faults.Count;
        var endPoint = uri.ToIPEndPoint(faults);
        var query = new EndpointQueryReader(uri.Query, faults);
        var options = new TcpTransportOptions();
        TcpOptionsText.ReadInternet(query, options);
        ReadTls(query, options, faults);
        query.Finish(options);
        return endPoint is null || faults.Count > before
            ? null
            : new TransportEndpoint(new TcpTransport(options, loggerFactory, timeProvider), endPoint, uri.Query);
    }

    private void ReadTls(EndpointQueryReader query, TcpTransportOptions options, ICollection<string> faults)
    {
        var (path, keyPath) = (query.Text("certificate", ""), query.Text("key", ""));
        var trust = Trust(query.Text("authorities", ""), faults);
        var isClientKnown = query.Flag("requireClientCertificate", false);
        var protocols = query.Text("alpn", "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => new SslApplicationProtocol(name)).ToList();
        protocols = protocols.Count == 0 ? null : protocols;
        options.ClientTls = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = trust,
            ApplicationProtocols = protocols,
        };
        if (path.Length == 0)
        {
            if (keyPath.Length > 0 || isClientKnown)
            {
                faults.Add("key and requireClientCertificate have no meaning without certificate.");
            }

            return;
        }

        var read = () => new TlsCertificateFile(
            path, keyPath.Length == 0 ? null : keyPath, password: null, loggerFactory, timeProvider);
        if (Load("certificate", read, faults) is { } own)
        {
            options.ClientTls.LocalCertificateSelectionCallback = (_, _, _, _, _) => own.Current.TargetCertificate;
            options.ServerTlsSelector = (_, _, _, _) => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = own.Current,
                CertificateChainPolicy = trust,
                ClientCertificateRequired = isClientKnown,
                ApplicationProtocols = protocols,
            });
        }
    }

    /// <summary>Trusts these authorities and no others; null for those of the system.</summary>
    private static X509ChainPolicy? Trust(string path, ICollection<string> faults)
    {
        if (path.Length == 0
            || Load("authorities", () => CertificateReader.ReadAuthorities(path), faults) is not { } authorities)
        {
            return null;
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static T? Load<T>(string key, Func<T> load, ICollection<string> faults)
        where T : class
    {
        try
        {
            return load();
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            faults.Add($"{key} cannot be read: {exception.Message}");
            return null;
        }
    }
}

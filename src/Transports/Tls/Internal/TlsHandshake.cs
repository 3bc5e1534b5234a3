using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Transports;

/// <summary>Makes a TLS stream of a plain one, which stays its owner's until then.</summary>
internal static class TlsHandshake
{
    /// <summary>The side that was connected to.</summary>
    /// <exception cref="AuthenticationException">The two did not agree, or it was no TLS.</exception>
    public static async ValueTask<ByteStream> AcceptAsync(
        ByteStream plain,
        TcpTransportOptions options,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        // Who connects and says nothing costs no buffer of TLS.
        await plain.WaitForDataAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync(
            plain,
            timeProvider,
            tls => options.ServerTlsSelector is { } select
                ? tls.AuthenticateAsServerAsync(select, state: null, cancellationToken)
                : tls.AuthenticateAsServerAsync(options.ServerTls!, cancellationToken))
            .ConfigureAwait(false);
    }

    /// <summary>The side that connects; <paramref name="endPoint"/> is whom the certificate must name.</summary>
    /// <exception cref="ConnectionFailedException">The handshake failed, or took too long.</exception>
    public static async ValueTask<ByteStream> ConnectAsync(
        ByteStream plain,
        EndPoint endPoint,
        TcpTransportOptions options,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var authentication = Copy(options.ClientTls!);
        authentication.TargetHost ??= endPoint switch
        {
            DnsEndPoint dns => dns.Host,
            IPEndPoint ip => ip.Address.ToString(),
            _ => "",
        };
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await RunAsync(
                plain,
                timeProvider,
                tls => tls.AuthenticateAsClientAsync(authentication, either.Token))
                .ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            plain.Abort();
            await plain.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var peer = SocketEndPoints.Describe(endPoint);
            throw new ConnectionFailedException(
                timeout.IsCancellationRequested
                    ? $"{peer} did not finish the TLS handshake within {DurationText.Of(options.HandshakeTimeout)}."
                    : $"The TLS handshake with {peer} failed: {exception.Message}",
                exception);
        }
    }

    /// <summary>A copy that nobody else can change.</summary>
    public static T Copy<T>(T options)
        where T : class => (T)MemberwiseClone(options);

    private static async ValueTask<ByteStream> RunAsync(
        ByteStream plain, TimeProvider timeProvider, Func<SslStream, Task> authenticateAsync)
    {
        var adapter = new ByteStreamAdapter(plain, timeProvider);
        var tls = new SslStream(adapter, leaveInnerStreamOpen: true);
        try
        {
            await authenticateAsync(tls).ConfigureAwait(false);
            var session = new TlsSession
            {
                Protocol = tls.SslProtocol,
                CipherSuite = tls.NegotiatedCipherSuite,
                ApplicationProtocol = tls.NegotiatedApplicationProtocol,
                ServerName = tls.TargetHostName,
                RemoteCertificate = tls.RemoteCertificate as X509Certificate2,
            };
            adapter.EndHandshake();
            return new TlsByteStream(plain, tls, adapter, session);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The framework's options have no copy constructor; copying them property by property would lose those to come.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = nameof(MemberwiseClone))]
    private static extern object MemberwiseClone(object options);
}

using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// A certificate with its private key, in files that are read anew when they change: a renewed certificate serves the
/// next handshake, and no connection is dropped for it.
/// </summary>
/// <remarks>
/// <para>
/// Either PEM, with further certificates of the chain after the first, and the key in the same file or in another; or
/// PKCS #12 (<c>.pfx</c>, <c>.p12</c>).
/// </para>
/// <para>
/// The files are looked at when <see cref="Current"/> is asked for, once a second at the most. Their content is
/// compared, not their time, so a link that was moved is noticed too. What cannot be read, such as a certificate whose
/// key has not been written yet, is logged and leaves the old one in place. Safe to use from any thread.
/// </para>
/// </remarks>
public sealed class TlsCertificateFile
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly string _certificatePath;
    private readonly string? _keyPath;
    private readonly string? _password;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly LogThrottle _throttle;
    private readonly Lock _gate = new();
    private (byte[] Certificate, byte[] Key) _content;
    private SslStreamCertificateContext _context;
    private long _lookedAt;

    /// <summary>Reads the files.</summary>
    /// <param name="certificatePath">The certificate.</param>
    /// <param name="keyPath">The private key, in PEM; null if it is in the same file.</param>
    /// <param name="password">What the key is encrypted with; null if it is not.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">There is no certificate in it, or no key that fits.</exception>
    public TlsCertificateFile(
        string certificatePath,
        string? keyPath = null,
        string? password = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificatePath);
        (_certificatePath, _keyPath, _password) = (certificatePath, keyPath, password);
        _logger = SafeLogger.Create(loggerFactory, TransportLog.Category);
        _timeProvider = timeProvider ?? TimeProvider.System;
        _throttle = new LogThrottle(_timeProvider);
        _content = ReadContent();
        _context = CertificateReader.Read(_content.Certificate, _content.Key, _password);
        _lookedAt = _timeProvider.GetTimestamp();
    }

    /// <summary>The certificate and its chain as the files are now, for the next handshake.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_gate)
            {
                if (_timeProvider.GetElapsedTime(_lookedAt) >= LookInterval)
                {
                    _lookedAt = _timeProvider.GetTimestamp();
                    Look();
                }

                return _context;
            }
        }
    }

    private void Look()
    {
        try
        {
            var content = ReadContent();
            if (content.Certificate.AsSpan().SequenceEqual(_content.Certificate)
                && content.Key.AsSpan().SequenceEqual(_content.Key))
            {
                return;
            }

            _context = CertificateReader.Read(content.Certificate, content.Key, _password);
            _content = content;
            TransportLog.CertificateReplaced(_logger, _certificatePath, _context.TargetCertificate.NotAfter);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            if (_throttle.TryPass(out var suppressed))
            {
                TransportLog.CertificateUnreadable(_logger, _certificatePath, suppressed, exception);
            }
        }
    }

    private (byte[] Certificate, byte[] Key) ReadContent() =>
        (File.ReadAllBytes(_certificatePath), _keyPath is null ? [] : File.ReadAllBytes(_keyPath));
}

using System.Net;
using Microsoft.Extensions.Logging;

namespace Transports.Diagnostics;

/// <summary>What is logged before a connection is one.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(
        15, LogLevel.Warning,
        "A handshake on {EndPoint} failed ({Failure}); {Suppressed} like it were not logged",
        EventName = "HandshakeFailed")]
    public static partial void HandshakeFailed(
        ILogger logger, EndPoint endPoint, HandshakeFailure failure, long suppressed, Exception? exception);

    [LoggerMessage(
        16, LogLevel.Information, "The certificate in {Path} was replaced by one valid until {NotAfter}",
        EventName = "CertificateReplaced")]
    public static partial void CertificateReplaced(ILogger logger, string path, DateTime notAfter);

    [LoggerMessage(
        17, LogLevel.Warning,
        "The certificate in {Path} cannot be read, the old one stays; {Suppressed} like it were not logged",
        EventName = "CertificateUnreadable")]
    public static partial void CertificateUnreadable(ILogger logger, string path, long suppressed, Exception exception);
}

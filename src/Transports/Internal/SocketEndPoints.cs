using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Transports;

/// <summary>Endpoints as users should see them.</summary>
internal static class SocketEndPoints
{
    /// <summary>As it stands in messages: the framework puts its address family in front of a name.</summary>
    public static string Describe(EndPoint endPoint) => endPoint is DnsEndPoint name
        ? string.Create(CultureInfo.InvariantCulture, $"{name.Host}:{name.Port}")
        : endPoint.ToString()!;

    /// <summary>
    /// IPv4 that came mapped into IPv6 becomes IPv4 again, so that one peer has one name in keys, logs and limits. The
    /// unnamed end of a Unix socket becomes null.
    /// </summary>
    public static EndPoint? Normalize(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } ip => new IPEndPoint(ip.Address.MapToIPv4(), ip.Port),
        UnixDomainSocketEndPoint unix when unix.ToString().Length == 0 => null,
        _ => endPoint,
    };
}

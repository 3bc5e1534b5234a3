using System.Net;

namespace Transports.Hosting;

/// <summary>
/// The endpoint that a message came to. A connection knows the address that it came to, a listener on all addresses
/// does not: of IP endpoints the port counts.
/// </summary>
internal readonly record struct EndpointKey(int Port, EndPoint? Other)
{
    public static EndpointKey Of(EndPoint local) => local is IPEndPoint ip ? new(ip.Port, null) : new(0, local);
}

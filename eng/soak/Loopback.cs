using System.Net;

namespace Soak;

internal static class Loopback
{
    /// <summary>How to reach a listener on all addresses.</summary>
    public static IPEndPoint Of(EndPoint listener) => new(IPAddress.Loopback, ((IPEndPoint)listener).Port);
}

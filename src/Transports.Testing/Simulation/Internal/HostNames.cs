using System.Net;
using System.Net.Sockets;

namespace Transports.Testing;

/// <summary>From endpoints as users write them to endpoints on the simulated network.</summary>
internal static class HostNames
{
    /// <summary>The endpoint that is meant; a name is that of a host.</summary>
    /// <exception cref="SocketException">There is no such host, or no way to such an address.</exception>
    /// <exception cref="ArgumentException">Neither an IP nor a DNS endpoint.</exception>
    public static IPEndPoint Resolve(SimulatedHost from, EndPoint endPoint, string protocol)
    {
        switch (endPoint)
        {
            case DnsEndPoint name:
                var host = from.Network.FindHost(name.Host)
                    ?? throw new SocketException((int)SocketError.HostNotFound);
                return host.EndPoint(name.Port);
            case IPEndPoint ip:
                if (!SimulatedAddress.TryRead(ip.Address, out var number))
                {
                    throw new SocketException((int)SocketError.NetworkUnreachable);
                }

                return SimulatedAddress.ToEndPoint(
                    number == SimulatedAddress.Any ? from.AddressNumber : number, (ushort)ip.Port);
            default:
                throw new ArgumentException(
                    $"{protocol} connects to an IP or DNS endpoint, not to {endPoint}.", nameof(endPoint));
        }
    }

    /// <summary>The address to bind.</summary>
    /// <exception cref="SocketException">It is none of the simulated network's.</exception>
    public static uint Own(IPAddress address) => SimulatedAddress.TryRead(address, out var number)
        ? number
        : throw new SocketException((int)SocketError.AddressNotAvailable);
}

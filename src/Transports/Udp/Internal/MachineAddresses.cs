using System.Net;
using System.Net.NetworkInformation;

namespace Transports;

/// <summary>
/// The addresses of this machine, read again after a minute at the earliest. Asked only for a datagram that comes from
/// the listener's own port, so that it costs nothing otherwise.
/// </summary>
internal sealed class MachineAddresses(TimeProvider timeProvider)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private HashSet<UInt128> _addresses = [];
    private long _readAt;

    /// <summary>True for an address of this machine, and for any of loopback.</summary>
    /// <param name="address">See <see cref="PeerAddress.ToKey(IPAddress)"/>.</param>
    public bool Contains(UInt128 address)
    {
        if (PeerAddress.IsLoopback(address))
        {
            return true;
        }

        if (_readAt == 0 || timeProvider.GetElapsedTime(_readAt) > Lifetime)
        {
            _readAt = Math.Max(1, timeProvider.GetTimestamp());
            _addresses = Read() ?? _addresses;
        }

        return _addresses.Contains(address);
    }

    private static HashSet<UInt128>? Read()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Select(unicast => PeerAddress.ToKey(unicast.Address))];
        }
        catch (NetworkInformationException)
        {
            // The system does not say, or was changing: what was known before will do.
            return null;
        }
    }
}

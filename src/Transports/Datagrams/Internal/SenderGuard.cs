using System.Net;
using System.Net.Sockets;
using Transports.Diagnostics;

namespace Transports;

/// <summary>
/// Which datagrams a listener drops for who sent them, before anything else is done with them. Belongs to one receive
/// loop. See <c>docs/decisions/020-what-a-datagram-may-cause.md</c>.
/// </summary>
internal sealed class SenderGuard
{
    private readonly DatagramChannel _channel;
    private readonly AddressFamily _family;
    private readonly TimeProvider _timeProvider;
    private readonly bool[] _refusedPorts;
    private readonly int _ownPort = -1;
    private readonly UInt128 _ownAddress;
    private readonly bool _isWildcard;
    private readonly UInt128 _prefixIPv4;
    private readonly UInt128 _prefixIPv6;
    private readonly SourceBuckets? _buckets;
    private long _now;
    private SocketAddress? _passed;

    public SenderGuard(DatagramChannel channel, DatagramTransportOptions options, TimeProvider timeProvider)
    {
        (_channel, _timeProvider) = (channel, timeProvider);
        _family = channel.LocalEndPoint.AddressFamily;
        _refusedPorts = new bool[options.RefusedSourcePorts.DefaultIfEmpty(-1).Max() + 1];
        foreach (var port in options.RefusedSourcePorts)
        {
            _refusedPorts[port] = true;
        }

        if (channel.LocalEndPoint is IPEndPoint own)
        {
            _ownPort = own.Port;
            _ownAddress = PeerAddress.ToKey(own.Serialize(), _family);
            _isWildcard = own.Address.Equals(IPAddress.Any) || own.Address.Equals(IPAddress.IPv6Any);
        }

        // An IPv4 address is the last 32 bits of its key.
        _prefixIPv4 = Mask(96 + options.SourcePrefixBitsIPv4);
        _prefixIPv6 = Mask(options.SourcePrefixBitsIPv6);
        if (options.SourceRatePerSecond > 0)
        {
            _buckets = new SourceBuckets(
                options.SourceRatePerSecond,
                options.SourceBurst,
                options.SourceTableSize,
                timeProvider.TimestampFrequency);
        }
    }

    /// <summary>
    /// What follows was received together: the clock is read once for all of it, and datagrams of one peer that share
    /// their address object are judged once.
    /// </summary>
    public void BeginBatch()
    {
        _passed = null;
        if (_buckets is not null)
        {
            _now = _timeProvider.GetTimestamp();
        }
    }

    /// <summary>Why a datagram from there is dropped; null when it is not.</summary>
    public DropReason? Judge(SocketAddress sender)
    {
        if (ReferenceEquals(sender, _passed))
        {
            return null;
        }

        if (!PeerAddress.IsAnswerable(sender, _family))
        {
            return DropReason.UnanswerableSender;
        }

        // Of a kind that is not known here: there are neither ports nor prefixes.
        var reason = _ownPort < 0 ? null : JudgeHost(sender);
        _passed = reason is null && _buckets is null ? sender : null;
        return reason;
    }

    private static UInt128 Mask(int bits) => bits == 0 ? 0 : UInt128.MaxValue << (128 - bits);

    private DropReason? JudgeHost(SocketAddress sender)
    {
        var port = PeerAddress.PortOf(sender);
        if (port < _refusedPorts.Length && _refusedPorts[port])
        {
            return DropReason.RefusedSourcePort;
        }

        if (port == _ownPort && IsOwn(PeerAddress.ToKey(sender, _family)))
        {
            return DropReason.OwnDatagram;
        }

        return _buckets is null || _buckets.TryTake(SourceOf(sender), _now) ? null : DropReason.SourceRate;
    }

    private bool IsOwn(UInt128 address) => _isWildcard ? _channel.IsOwnAddress(address) : address == _ownAddress;

    private UInt128 SourceOf(SocketAddress sender)
    {
        var key = PeerAddress.ToKey(sender, _family);
        return key & (PeerAddress.IsIPv4(key) ? _prefixIPv4 : _prefixIPv6);
    }
}

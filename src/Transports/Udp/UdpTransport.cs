using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Transports.Diagnostics;

namespace Transports;

/// <summary>Messages over UDP (RFC 768): one datagram is one message; it may be lost, doubled or overtaken.</summary>
/// <remarks>
/// Listens on an <see cref="IPEndPoint"/>; connects to one, or to a <see cref="DnsEndPoint"/>, of whose addresses IPv4
/// ones are tried first unless it names a family: UDP cannot find out which one answers.
/// </remarks>
public sealed class UdpTransport : DatagramTransport
{
    private readonly UdpTransportOptions _options;
    private readonly ILogger _logger;
    private readonly TransportMetrics _metrics = new(Name);
    private int _warned;

    /// <summary>Sets the transport up.</summary>
    /// <param name="options">Its limits; a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    public UdpTransport(
        UdpTransportOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : base(Name, options, loggerFactory, timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = (UdpTransportOptions)options.Snapshot();
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger(TransportLog.Category);
    }

    private const string Name = "udp";

    /// <inheritdoc/>
    protected override ValueTask<DatagramChannel> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken)
    {
        if (localEndPoint is not IPEndPoint endPoint)
        {
            throw new ArgumentException($"UDP listens on IP endpoints, not {localEndPoint}.", nameof(localEndPoint));
        }

        var channel = new BlockingUdpChannel(UdpSocket.Bind(endPoint, _options));
        ReportReceiveBuffer(channel);
        return new ValueTask<DatagramChannel>(channel);
    }

    /// <inheritdoc/>
    protected override async ValueTask<DatagramChannel> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(remoteEndPoint);
        var peers = remoteEndPoint switch
        {
            IPEndPoint endPoint => [endPoint],
            DnsEndPoint endPoint => await ResolveAsync(endPoint, cancellationToken).ConfigureAwait(false),
            _ => throw new ArgumentException(
                $"UDP connects to an IP or DNS endpoint, not to {remoteEndPoint}.", nameof(remoteEndPoint)),
        };
        return UdpSocket.Open(peers, _options);
    }

    private static async ValueTask<IPEndPoint[]> ResolveAsync(DnsEndPoint name, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, cancellationToken)
                .ConfigureAwait(false);
            return [.. addresses
                .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                .Select(address => new IPEndPoint(address, name.Port))];
        }
        catch (SocketException exception)
        {
            throw SocketErrors.OnConnect(exception, name);
        }
    }

    private void ReportReceiveBuffer(BlockingUdpChannel channel)
    {
        var granted = channel.ReceiveBufferBytes;
        _metrics.ReceiveBufferGranted(granted);
        if (granted < _options.ReceiveBufferBytes && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            TransportLog.ReceiveBufferClamped(
                _logger, channel.LocalEndPoint, granted, _options.ReceiveBufferBytes);
        }
    }
}

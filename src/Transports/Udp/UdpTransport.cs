using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Transports.Diagnostics;

namespace Transports;

/// <summary>Messages over UDP (RFC 768): one datagram is one message; it may be lost, doubled or overtaken.</summary>
/// <remarks>
/// Listens on an <see cref="IPEndPoint"/>; connects to one, or to a <see cref="DnsEndPoint"/>, of whose addresses IPv4
/// ones are tried first unless it names a family: UDP cannot find out which one answers.
/// </remarks>
public sealed class UdpTransport : DatagramTransport
{
    private const string Name = "udp";

    private readonly UdpTransportOptions _options;
    private readonly ILogger _logger;
    private readonly TransportMetrics _metrics = new(Name);
    private readonly ReactorGroup? _reactors;
    private readonly TimeProvider _timeProvider;
    private int _warned;

    /// <summary>Sets the transport up.</summary>
    /// <param name="options">Its limits; null takes the defaults, otherwise a copy is taken.</param>
    /// <param name="loggerFactory">Where it logs; null logs nowhere.</param>
    /// <param name="timeProvider">Its clock; null is the system's.</param>
    /// <exception cref="ArgumentException">An option has a value that cannot be.</exception>
    /// <exception cref="PlatformNotSupportedException">The reactor was asked for and cannot run here.</exception>
    public UdpTransport(
        UdpTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
        : base(Name, options ??= new UdpTransportOptions(), loggerFactory, timeProvider)
    {
        _options = (UdpTransportOptions)options.Snapshot();
        _logger = SafeLogger.Create(loggerFactory, TransportLog.Category);
        _timeProvider = timeProvider ?? TimeProvider.System;
        _reactors = DriverChoice.Make(_options.Driver, threads: 0, _logger, BatchedUdpSocket.FindObstacle);
    }

    /// <inheritdoc/>
    protected override ValueTask<DatagramChannel> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken)
    {
        if (localEndPoint is not IPEndPoint endPoint)
        {
            throw new ArgumentException($"UDP listens on IP endpoints, not {localEndPoint}.", nameof(localEndPoint));
        }

        var socket = UdpSocket.Bind(endPoint, _options);
        ReportReceiveBuffer(socket);
        return new ValueTask<DatagramChannel>(NewListenerChannel(socket, isFirst: true));
    }

    private protected override void BindOtherShards(ICollection<DatagramChannel> channels)
    {
        var bound = (IPEndPoint)channels.First().LocalEndPoint;
        while (channels.Count < _options.EffectiveShards)
        {
            channels.Add(NewListenerChannel(UdpSocket.BindShard(bound, _options), isFirst: false));
        }
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
        var (socket, peer) = UdpSocket.Open(peers, _options);
        if (_reactors is null)
        {
            return new AsyncUdpChannel(socket, peer);
        }

        socket.Blocking = false;
        return new ReactorUdpChannel(socket, peer, _options, _reactors.Next());
    }

    private DatagramChannel NewListenerChannel(Socket socket, bool isFirst)
    {
        var machine = new MachineAddresses(_timeProvider);
        if (_reactors is null)
        {
            return new BlockingUdpChannel(socket, machine);
        }

        var overflow = new OverflowReport(socket.LocalEndPoint!, _metrics, _logger, _timeProvider);
        var channel = new BatchedUdpChannel(socket, _options, machine, overflow);
        if (isFirst)
        {
            TransportLog.UdpCapabilities(
                _logger,
                channel.LocalEndPoint,
                _options.EffectiveShards,
                channel.BatchSize,
                channel.Batches.SendsJoined,
                channel.Batches.ReceivesJoined);
        }

        return channel;
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

    private void ReportReceiveBuffer(Socket socket)
    {
        // Linux doubles what is asked for, to pay for its own bookkeeping, and says the double.
        var granted = OperatingSystem.IsLinux() ? socket.ReceiveBufferSize / 2 : socket.ReceiveBufferSize;
        _metrics.ReceiveBufferGranted(granted);
        TransportLog.ReceiveBuffer(_logger, socket.LocalEndPoint!, granted, _options.ReceiveBufferBytes);
        if (granted < _options.ReceiveBufferBytes && Interlocked.Exchange(ref _warned, 1) == 0)
        {
            TransportLog.ReceiveBufferClamped(
                _logger, socket.LocalEndPoint!, granted, _options.ReceiveBufferBytes);
        }
    }
}

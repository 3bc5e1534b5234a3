using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Transports.Testing;

/// <summary>UDP over a simulated host's datagrams.</summary>
internal sealed class SimulatedUdpTransport : DatagramTransport
{
    /// <summary>What Linux gives a socket that asks for nothing (net.core.rmem_default).</summary>
    public const int DefaultReceiveBufferBytes = 212_992;

    private readonly SimulatedHost _host;
    private readonly bool _connects;
    private readonly int _receiveBufferBytes;

    public SimulatedUdpTransport(
        SimulatedHost host, UdpTransportOptions options, ILoggerFactory? loggerFactory, TimeProvider timeProvider)
        : base("udp", options, loggerFactory, timeProvider)
    {
        _host = host;
        _connects = options.ConnectSocket;
        _receiveBufferBytes = options.ReceiveBufferBytes > 0 ? options.ReceiveBufferBytes : DefaultReceiveBufferBytes;
    }

    protected override async ValueTask<DatagramChannel> BindAsync(
        EndPoint localEndPoint, CancellationToken cancellationToken)
    {
        var endPoint = localEndPoint as IPEndPoint ?? throw new ArgumentException(
            $"UDP listens on IP endpoints, not {localEndPoint}.", nameof(localEndPoint));
        await _host.Network.Loop.Switch();
        await _host.Network.Loop.SettleAsync().ConfigureAwait(false);
        try
        {
            var address = HostNames.Own(endPoint.Address);
            return _host.Datagrams.Open(address, endPoint.Port, remote: null, _receiveBufferBytes);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.OnBind(exception, endPoint);
        }
    }

    protected override ValueTask<DatagramChannel> OpenAsync(
        EndPoint remoteEndPoint, CancellationToken cancellationToken) =>
        OpenAsync(_host, remoteEndPoint, _connects, _receiveBufferBytes);

    /// <summary>Opens a socket to talk with one peer.</summary>
    public static async ValueTask<DatagramChannel> OpenAsync(
        SimulatedHost host, EndPoint remoteEndPoint, bool connects, int receiveBufferBytes)
    {
        await host.Network.Loop.Switch();
        try
        {
            var remote = HostNames.Resolve(host, remoteEndPoint, "UDP");
            SimulatedAddress.TryRead(remote.Address, out var number);
            var local = connects ? host.SourceFor(number) : SimulatedAddress.Any;
            return host.Datagrams.Open(local, 0, connects ? remote : null, receiveBufferBytes);
        }
        catch (SocketException exception)
        {
            throw SocketErrors.OnConnect(exception, remoteEndPoint);
        }
    }
}

using System.Net;
using Transports.Testing;

namespace Transports.ContractTests;

/// <summary>UDP on a simulated network.</summary>
/// <param name="isTraced">Whether the network keeps a trace: see <see cref="SimulatedTcpHarness"/>.</param>
public sealed class SimulatedUdpHarness(bool isTraced = true) : TransportHarness
{
    private readonly SimulatedHost _host = new SimulatedNetwork(
        new SimulatedNetworkOptions { Seed = 1, Trace = new NetworkTraceOptions { IsEnabled = isTraced } })
        .AddHost("host");

    public override ITransport CreateTransport(TransportSettings settings) => _host.Udp(
        settings.ApplyTo(new UdpTransportOptions()), settings.LoggerFactory, settings.TimeProvider);

    public override EndPoint NewEndPoint() => _host.EndPoint(0);

    public override EndPoint ForeignEndPoint() => new InMemoryEndPoint("foreign");

    public override async Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint) =>
        new DatagramChannelPeer(await _host.OpenDatagramsAsync(remoteEndPoint), remoteEndPoint);
}

using System.Net;
using Transports.Framing;
using Transports.Testing;

namespace Transports.ContractTests;

/// <summary>TCP on a simulated network.</summary>
/// <param name="isTraced">
/// Whether the network keeps a trace. What it keeps of each packet are objects, as many as there are events: not a cost
/// of the transport, so the footprint is measured without.
/// </param>
public sealed class SimulatedTcpHarness(bool isTraced = true) : TransportHarness
{
    private static readonly MessageFraming Framing = MessageFraming.LengthPrefixed();

    private readonly SimulatedHost _host = new SimulatedNetwork(
        new SimulatedNetworkOptions { Seed = 1, Trace = new NetworkTraceOptions { IsEnabled = isTraced } })
        .AddHost("host");

    public override bool OneWriteIsOneRead => false;

    public override ITransport CreateTransport(TransportSettings settings) => _host.Tcp(
        settings.ApplyTo(new TcpTransportOptions { Framing = Framing }),
        settings.LoggerFactory,
        settings.TimeProvider);

    public override EndPoint NewEndPoint() => _host.EndPoint(0);

    public override EndPoint ForeignEndPoint() => new InMemoryEndPoint("foreign");

    public override async Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint) =>
        new ByteStreamPeer(await _host.OpenStreamAsync(remoteEndPoint), Framing);
}

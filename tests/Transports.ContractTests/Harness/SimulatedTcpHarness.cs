using System.Net;
using Transports.Framing;
using Transports.Testing;

namespace Transports.ContractTests;

/// <summary>TCP on a simulated network.</summary>
public sealed class SimulatedTcpHarness : TransportHarness
{
    private static readonly MessageFraming Framing = MessageFraming.LengthPrefixed();

    private readonly SimulatedHost _host = new SimulatedNetwork(
        new SimulatedNetworkOptions { Seed = 1, SplitReads = false }).AddHost("host");

    public override ITransport CreateTransport(TransportSettings settings) => _host.Tcp(
        settings.ApplyTo(new TcpTransportOptions { Framing = Framing }),
        settings.LoggerFactory,
        settings.TimeProvider);

    public override EndPoint NewEndPoint() => _host.EndPoint(0);

    public override EndPoint ForeignEndPoint() => new InMemoryEndPoint("foreign");

    public override async Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint) =>
        new ByteStreamPeer(await _host.OpenStreamAsync(remoteEndPoint), Framing);
}

using System.Net;

namespace Transports.ContractTests;

public sealed class UdpHarness(TransportDriver driver) : TransportHarness
{
    public override ITransport CreateTransport(TransportSettings settings) => new UdpTransport(
        settings.ApplyTo(new UdpTransportOptions { Driver = driver }), settings.LoggerFactory, settings.TimeProvider);

    public override EndPoint NewEndPoint() => new IPEndPoint(IPAddress.Loopback, 0);

    public override EndPoint ForeignEndPoint() => new InMemoryEndPoint("foreign");

    public override Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint) =>
        SocketDatagramPeer.ConnectAsync(remoteEndPoint);
}

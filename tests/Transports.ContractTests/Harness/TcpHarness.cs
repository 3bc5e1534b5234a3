using System.Net;
using Transports.Framing;

namespace Transports.ContractTests;

public sealed class TcpHarness(TransportDriver driver) : TransportHarness
{
    private static readonly MessageFraming Framing = MessageFraming.LengthPrefixed();

    public override ITransport CreateTransport(TransportSettings settings) => new TcpTransport(
        settings.ApplyTo(new TcpTransportOptions { Framing = Framing, Driver = driver }),
        settings.LoggerFactory,
        settings.TimeProvider);

    public override EndPoint NewEndPoint() => new IPEndPoint(IPAddress.Loopback, 0);

    public override EndPoint ForeignEndPoint() => new InMemoryEndPoint("foreign");

    public override Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint) =>
        SocketStreamPeer.ConnectAsync(remoteEndPoint, Framing);
}

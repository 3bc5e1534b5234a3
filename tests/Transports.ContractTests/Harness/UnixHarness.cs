using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Transports.Framing;

namespace Transports.ContractTests;

/// <summary>TCP's transport on Unix sockets, with another framing, so that the suite does not hang on one.</summary>
public sealed class UnixHarness(TransportDriver driver) : TransportHarness
{
    private static readonly MessageFraming Framing = MessageFraming.VarintPrefixed;
    private static int _lastNumber;

    public override bool SeesResets => false;

    public override ITransport CreateTransport(TransportSettings settings) => new TcpTransport(
        settings.ApplyTo(new TcpTransportOptions { Framing = Framing, Driver = driver }),
        settings.LoggerFactory,
        settings.TimeProvider);

    public override EndPoint NewEndPoint() => new UnixDomainSocketEndPoint(Path.Combine(
        Path.GetTempPath(),
        string.Create(
            CultureInfo.InvariantCulture,
            $"contract-{Environment.ProcessId}-{Interlocked.Increment(ref _lastNumber)}.sock")));

    public override EndPoint ForeignEndPoint() => new InMemoryEndPoint("foreign");

    public override Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint) =>
        SocketStreamPeer.ConnectAsync(remoteEndPoint, Framing);
}

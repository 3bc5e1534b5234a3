using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Transports.Framing;

namespace Transports.ContractTests;

public sealed class InMemoryHarness : TransportHarness
{
    private int _lastNumber;

    public override bool InstancesMeet => false;

    public override ITransport CreateTransport(TransportSettings settings)
    {
        var options = settings.ApplyTo(new InMemoryTransportOptions());
        options.PipeBytes = Math.Min(options.PipeBytes, options.ReadBufferBytes);
        return new InMemoryTransport(options, settings.LoggerFactory, settings.TimeProvider);
    }

    public override EndPoint NewEndPoint() => new InMemoryEndPoint(string.Create(
        CultureInfo.InvariantCulture, $"contract-{Interlocked.Increment(ref _lastNumber)}"));

    public override EndPoint ForeignEndPoint() => new IPEndPoint(IPAddress.Loopback, 0);

    public override async Task<RawPeer> ConnectRawAsync(ITransport transport, EndPoint remoteEndPoint)
    {
        var stream = await OpenAsync((InMemoryTransport)transport, remoteEndPoint, CancellationToken.None);
        return new ByteStreamPeer(stream, MessageFraming.LengthPrefixed());
    }

    // The stream below a connection in memory is nobody's business but that of a peer that misbehaves on purpose.
    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern ValueTask<ByteStream> OpenAsync(
        InMemoryTransport transport, EndPoint remoteEndPoint, CancellationToken cancellationToken);
}

using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary><c>udp://127.0.0.1:12000</c>.</summary>
internal sealed class UdpEndpointScheme(ILoggerFactory? loggerFactory, TimeProvider? timeProvider) : IEndpointScheme
{
    public string Name => "udp";

    public TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults)
    {
        var before = faults.Count;
        var endPoint = uri.ToIPEndPoint(faults);
        var options = new UdpTransportOptions();
        var query = new EndpointQueryReader(uri.Query, faults);
        query.Datagram(options);
        options.ReceiveBufferBytes = query.Number("receiveBufferBytes", options.ReceiveBufferBytes);
        options.SendBufferBytes = query.Number("sendBufferBytes", options.SendBufferBytes);
        options.DualMode = query.Flag("dualMode", options.DualMode);
        options.Driver = query.Choice("driver", options.Driver);
        options.Shards = query.Number("shards", options.Shards);
        options.ReusePort = query.Flag("reusePort", options.ReusePort);
        options.ConnectSocket = query.Flag("connectSocket", options.ConnectSocket);
        query.Finish(options);
        return endPoint is null || faults.Count > before
            ? null
            : new TransportEndpoint(new UdpTransport(options, loggerFactory, timeProvider), endPoint, uri.Query);
    }
}

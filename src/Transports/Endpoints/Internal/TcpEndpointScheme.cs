using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary><c>tcp://127.0.0.1:12000?framing=lines</c>.</summary>
internal sealed class TcpEndpointScheme(ILoggerFactory? loggerFactory, TimeProvider? timeProvider) : IEndpointScheme
{
    public string Name => "tcp";

    public TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults)
    {
        var before = faults.Count;
        var endPoint = uri.ToIPEndPoint(faults);
        var options = new TcpTransportOptions();
        var query = new EndpointQueryReader(uri.Query, faults);
        TcpOptionsText.ReadInternet(query, options);
        query.Finish(options);
        return endPoint is null || faults.Count > before
            ? null
            : new TransportEndpoint(new TcpTransport(options, loggerFactory, timeProvider), endPoint, uri.Query);
    }
}

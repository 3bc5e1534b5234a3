using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Transports;

/// <summary><c>unix:///run/my.sock?framing=lines</c>.</summary>
internal sealed class UnixEndpointScheme(ILoggerFactory? loggerFactory, TimeProvider? timeProvider) : IEndpointScheme
{
    public string Name => "unix";

    public TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults)
    {
        var before = faults.Count;
        var endPoint = ToEndPoint(uri, faults);
        var options = new TcpTransportOptions();
        var query = new EndpointQueryReader(uri.Query, faults);
        TcpOptionsText.Read(query, options);
        options.UnixSocketMode = Mode(query.Text("unixSocketMode", ""), options.UnixSocketMode, faults);
        query.Finish(options);
        return endPoint is null || faults.Count > before
            ? null
            : new TransportEndpoint(new TcpTransport(options, loggerFactory, timeProvider), endPoint, uri.Query);
    }

    private static UnixDomainSocketEndPoint? ToEndPoint(EndpointUri uri, ICollection<string> faults)
    {
        if (uri.Host.Length > 0 || uri.Port is not null || uri.Path.Length < 2 || uri.Path.Contains('\0'))
        {
            faults.Add("A whole path is needed after three slashes: unix:///run/my.sock.");
            return null;
        }

        try
        {
            return new UnixDomainSocketEndPoint(uri.Path);
        }
        catch (ArgumentOutOfRangeException)
        {
            faults.Add($"The path is longer than this system allows for a socket (about 100 bytes): {uri.Path}");
            return null;
        }
    }

    private static UnixFileMode Mode(string text, UnixFileMode otherwise, ICollection<string> faults)
    {
        if (text.Length == 0)
        {
            return otherwise;
        }

        if (text.Length is 3 or 4 && text.All(digit => digit is >= '0' and <= '7'))
        {
            return (UnixFileMode)Convert.ToInt32(text, 8);
        }

        faults.Add($"unixSocketMode must be three or four octal digits such as 660, but is '{text}'.");
        return otherwise;
    }
}

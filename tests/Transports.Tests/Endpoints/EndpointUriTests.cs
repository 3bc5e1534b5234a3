using System.Net;
using System.Net.Sockets;

namespace Transports.Tests.Endpoints;

public class EndpointUriTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:12000?framing=lines", "tcp", "127.0.0.1", 12000, "")]
    [InlineData("TCP://localhost:0", "tcp", "localhost", 0, "")]
    [InlineData("tcp://[::1]:65535/", "tcp", "::1", 65535, "/")]
    [InlineData("udp://*:1", "udp", "*", 1, "")]
    [InlineData("unix:///run/a%20b.sock?backlog=1", "unix", "", null, "/run/a b.sock")]
    [InlineData("memory://a%2Fb", "memory", "a/b", null, "")]
    [InlineData("tcp://[fe80::1%25eth0]:1", "tcp", "fe80::1%25eth0", 1, "")]
    public void Parse_OfAnEndpoint_TakesItApart(string text, string scheme, string host, int? port, string path)
    {
        var uri = EndpointUri.Parse(text);
        Assert.Equal((scheme, host, port, path), (uri.Scheme, uri.Host, uri.Port, uri.Path));
        Assert.Equal(text, uri.ToString());
    }

    [Theory]
    [InlineData(null, "scheme")]
    [InlineData("", "scheme")]
    [InlineData("127.0.0.1:12000", "scheme")]
    [InlineData("://a", "scheme")]
    [InlineData("1tcp://a", "scheme")]
    [InlineData("t_p://a", "scheme")]
    [InlineData("tcp://me@127.0.0.1:1", "'@'")]
    [InlineData("tcp://127.0.0.1:1#a", "'#'")]
    [InlineData("tcp://127.0.0.1: 1", "space")]
    [InlineData("tcp://127.0.0.1:65536", "'65536'")]
    [InlineData("tcp://127.0.0.1:-1", "'-1'")]
    [InlineData("tcp://127.0.0.1:", "port must be a number")]
    [InlineData("tcp://::1:12000", "brackets")]
    [InlineData("tcp://[::1:12000", "']'")]
    [InlineData("tcp://[::1]12000", "']'")]
    [InlineData("tcp://a:1?framing", "key=value")]
    [InlineData("tcp://a:1?=x", "key=value")]
    [InlineData("tcp://a:1?a=1&A=2", "twice")]
    public void Parse_OfSomethingElse_SaysWhatIsWrong(string? text, string expected)
    {
        var exception = Assert.Throws<FormatException>(() => EndpointUri.Parse(text!));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.False(EndpointUri.TryParse(text, [], out _));
    }

    [Fact]
    public void Parse_OfOptions_DecodesThem()
    {
        var query = EndpointUri.Parse("tcp://a:1?framing=delimited:%0D%0A&&Idle=1=2").Query;
        Assert.Equal(2, query.Pairs.Count);
        Assert.True(query.TryGet("FRAMING", out var framing));
        Assert.Equal("delimited:\r\n", framing);
        Assert.True(query.TryGet("idle", out var idle));
        Assert.Equal("1=2", idle);
        Assert.False(query.TryGet("other", out _));
        Assert.Equal("?framing=delimited:%0D%0A&Idle=1%3D2", query.ToString());
    }

    [Theory]
    [InlineData("tcp://localhost:5", "127.0.0.1:5")]
    [InlineData("tcp://0.0.0.0:5", "0.0.0.0:5")]
    [InlineData("tcp://[::]:5", "[::]:5")]
    [InlineData("tcp://[::1]:5", "[::1]:5")]
    public void ToIPEndPoint_OfAnAddress_IsThatAddress(string text, string expected)
    {
        var faults = new List<string>();
        Assert.Equal(IPEndPoint.Parse(expected), EndpointUri.Parse(text).ToIPEndPoint(faults));
        Assert.Empty(faults);
    }

    [Fact]
    public void ToIPEndPoint_OfAStar_IsEveryAddress() => Assert.Equal(
        new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 5),
        EndpointUri.Parse("tcp://*:5").ToIPEndPoint([]));

    [Fact]
    public void ToIPEndPoint_OfAName_IsADnsEndPoint() => Assert.Equal(
        new DnsEndPoint("example.com", 5), EndpointUri.Parse("tcp://example.com:5").ToIPEndPoint([]));

    [Theory]
    [InlineData("tcp://127.0.0.1", "port")]
    [InlineData("tcp://:5", "Host")]
    [InlineData("tcp://127.0.0.1:5/path", "'/path'")]
    public void ToIPEndPoint_OfHalfAnAddress_IsAFault(string text, string expected)
    {
        var faults = new List<string>();
        Assert.Null(EndpointUri.Parse(text).ToIPEndPoint(faults));
        Assert.Contains(expected, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void For_AnEndPoint_IsReadBackAsTheSame()
    {
        EndpointUri[] uris =
        [
            EndpointUri.For("tcp", IPEndPoint.Parse("[::1]:5")),
            EndpointUri.For("udp", IPEndPoint.Parse("127.0.0.1:5")),
            EndpointUri.For("tcp", new DnsEndPoint("example.com", 5)),
            EndpointUri.For("tcp", new UnixDomainSocketEndPoint("/a b/c")),
            EndpointUri.For(
                "memory", new InMemoryEndPoint("a/b"), new EndpointQuery(KeyValuePair.Create("a", "&"))),
        ];
        Assert.Equal(
            [
                "tcp://[::1]:5", "udp://127.0.0.1:5", "tcp://example.com:5", "unix:///a%20b/c", "memory://a%2Fb?a=%26",
            ],
            uris.Select(uri => uri.ToString()));
        foreach (var uri in uris)
        {
            var again = EndpointUri.Parse(uri.ToString());
            Assert.Equal((uri.Scheme, uri.Host, uri.Port), (again.Scheme, again.Host, again.Port));
            Assert.Equal(uri.Path, again.Path);
            Assert.Equal(uri.Query.Pairs, again.Query.Pairs);
        }
    }
}

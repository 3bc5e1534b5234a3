using System.Net;
using System.Net.Sockets;
using Transports.Tests.Servers;

namespace Transports.Tests.Endpoints;

public class EndpointSchemesTests
{
    private static readonly string[] ObjectsInOptions =
    [
        nameof(TransportOptions.BufferPool), nameof(TcpTransportOptions.ServerTls),
        nameof(TcpTransportOptions.ServerTlsSelector), nameof(TcpTransportOptions.ClientTls),
    ];

    private static readonly string[] KeysOfTls =
        ["alpn", "authorities", "certificate", "key", "requireClientCertificate"];

    private readonly InMemoryTransport _memory = new();
    private readonly List<string> _faults = [];

    [Fact]
    public void Resolve_OfTcp_HandsTheOptionsOn()
    {
        var endpoint = Resolve(
            "tcp://127.0.0.1:5?framing=raw&maxMessageBytes=9&noDelay=false&backlog=3&dualMode=false")!;
        Assert.Empty(_faults);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:5"), endpoint.EndPoint);
        Assert.Equal(9, endpoint.Transport.Capabilities.MaxMessageBytes);
        Assert.False(endpoint.Transport.Capabilities.PreservesBoundaries);
    }

    [Fact]
    public void Resolve_OfUdp_HandsTheOptionsOn()
    {
        var endpoint = Resolve("udp://[::1]:5?maxMessageBytes=9&maxConcurrentMessages=2&receiveBufferBytes=1"
            + "&sendBufferBytes=1&dualMode=false&connectSocket=false&drainTimeout=1s&receiveQueueBytes=1");
        Assert.Empty(_faults);
        Assert.Equal(IPEndPoint.Parse("[::1]:5"), endpoint!.EndPoint);
        Assert.IsType<UdpTransport>(endpoint.Transport);
    }

    [Fact]
    public void Resolve_OfUnix_IsASocketOfThatPath()
    {
        var endpoint = Resolve("unix:///run/a.sock?unixSocketMode=660&backlog=4&framing=length4")!;
        Assert.Empty(_faults);
        Assert.Equal(new UnixDomainSocketEndPoint("/run/a.sock"), endpoint.EndPoint);
        Assert.Equal("unix:///run/a.sock?unixSocketMode=660&backlog=4&framing=length4", endpoint.Uri.ToString());
    }

    [Fact]
    public void Resolve_OfMemory_IsTheSharedTransport()
    {
        var endpoint = Resolve("memory://name")!;
        Assert.Same(_memory, endpoint.Transport);
        Assert.Equal(new InMemoryEndPoint("name"), endpoint.EndPoint);
    }

    [Theory]
    [InlineData("quic://a:1", "'quic' is unknown (known: memory, tcp, tls, udp, unix)")]
    [InlineData("tcp://127.0.0.1:5?frame=raw", "'frame'")]
    [InlineData("tcp://127.0.0.1:5?framing=frames", "framing must be")]
    [InlineData("tcp://127.0.0.1:5?maxMessageBytes=0", "MaxMessageBytes must be at least 1")]
    [InlineData("udp://127.0.0.1:5?maxMessageBytes=65508", "65507")]
    [InlineData("udp://127.0.0.1:5?framing=raw", "'framing'")]
    [InlineData("udp://127.0.0.1", "port")]
    [InlineData("unix://run/a.sock", "unix:///run/my.sock")]
    [InlineData("unix:///", "unix:///run/my.sock")]
    [InlineData("unix:///a%00b", "unix:///run/my.sock")]
    [InlineData("unix:///run/a.sock?unixSocketMode=9", "octal")]
    [InlineData("unix:///run/a.sock?noDelay=true", "'noDelay'")]
    [InlineData("memory://", "memory://name")]
    [InlineData("memory://name:5", "memory://name")]
    [InlineData("memory://name?idleTimeout=1s", "'idleTimeout'")]
    [InlineData("nonsense", "scheme")]
    [InlineData(null, "scheme")]
    public void Resolve_OfAFaultyUri_SaysWhatIsWrong(string? uri, string expected)
    {
        Assert.Null(Resolve(uri));
        Assert.Contains(expected, Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_OfAPathThatIsTooLong_SaysSo()
    {
        Assert.Null(Resolve($"unix:///{new string('a', 200)}"));
        Assert.Contains("longer", Assert.Single(_faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_OfAUriWithManyFaults_ReportsThemAll()
    {
        Assert.Null(Resolve("tcp://127.0.0.1?framing=x&idleTimeout=5&backlog=0&colour=red"));
        Assert.Equal(5, _faults.Count);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:1", typeof(TcpTransportOptions), "UnixSocketMode")]
    [InlineData("tls://127.0.0.1:1", typeof(TcpTransportOptions), "UnixSocketMode")]
    [InlineData(
        "unix:///run/a.sock",
        typeof(TcpTransportOptions),
        "NoDelay", "DualMode", "HandshakeTimeout", "MaxPendingHandshakes",
        "KeepAliveTime", "KeepAliveInterval", "KeepAliveProbes", "UserTimeout", "TrustedProxies")]
    [InlineData("udp://127.0.0.1:1", typeof(UdpTransportOptions))]
    public void Resolve_OfEveryScheme_KnowsAllOptionsThatATextCanGive(
        string uri, Type options, params string[] meaningless)
    {
        Resolve($"{uri}?unknown=1");
        var known = Assert.Single(_faults).Split("known: ")[1].TrimEnd(')', '.').Split(", ");
        var expected = options.GetProperties().Select(property => property.Name)
            .Except(meaningless).Except(ObjectsInOptions)
            .Select(name => char.ToLowerInvariant(name[0]) + name[1..])
            .Concat(uri.StartsWith("tls", StringComparison.Ordinal) ? KeysOfTls : []);
        Assert.Equal(expected.Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ResolveListening_OfAName_IsAFault()
    {
        Assert.Null(Schemes().ResolveListening("tcp://example.com:1", _faults));
        Assert.Contains("'example.com'", Assert.Single(_faults), StringComparison.Ordinal);
        Assert.NotNull(Resolve("tcp://example.com:1"));
    }

    [Fact]
    public void Resolve_WithASchemeOfOnesOwn_UsesIt()
    {
        var transport = new FakeTransport();
        var schemes = new EndpointSchemes([new FakeScheme("tcp", transport), new FakeScheme("mine", transport)]);
        Assert.Same(transport, schemes.Resolve("mine://x", _faults)!.Transport);
        Assert.Same(transport, schemes.Resolve("tcp://x", _faults)!.Transport);
    }

    [Fact]
    public void Resolve_OfWhatThisSystemCannotDo_IsAFault()
    {
        var schemes = new EndpointSchemes([new FakeScheme("mine", null)]);
        Assert.Null(schemes.Resolve("mine://x", _faults));
        Assert.Equal("not here", Assert.Single(_faults));
    }

    [Fact]
    public void Parse_WithoutContainer_KnowsTheSchemesOfSockets()
    {
        Assert.Equal("udp://127.0.0.1:5", TransportEndpoint.Parse("udp://127.0.0.1:5").ToString());
        var exception = Assert.Throws<FormatException>(() => TransportEndpoint.Parse("tcp://127.0.0.1?a=1"));
        Assert.Contains("tcp://127.0.0.1?a=1", exception.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => TransportEndpoint.Parse("memory://name"));
    }

    private TransportEndpoint? Resolve(string? uri) => Schemes().Resolve(uri, _faults);

    private EndpointSchemes Schemes() =>
        new([.. BuiltInSchemes.Create(null, null), new MemoryEndpointScheme(_memory)]);

    private sealed class FakeScheme(string name, ITransport? transport) : IEndpointScheme
    {
        public string Name => name;

        public TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults) =>
            new(transport ?? throw new PlatformNotSupportedException("not here"), new InMemoryEndPoint(uri.Host));
    }
}

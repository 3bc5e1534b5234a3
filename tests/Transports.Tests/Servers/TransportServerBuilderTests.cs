using System.Net;
using Transports.Framing;

namespace Transports.Tests.Servers;

public class TransportServerBuilderTests
{
    [Fact]
    public async Task Listen_OnEveryKindOfEndpoint_ShowsItsUri()
    {
        var path = Path.Combine(Path.GetTempPath(), "builder.sock");
        await using var server = Server(server => server
            .ListenTcp(12000, tcp => tcp.Framing = MessageFraming.Raw)
            .ListenTcp(IPEndPoint.Parse("[::1]:12001"), tcp => tcp.Framing = MessageFraming.FixedSize(16))
            .ListenTcp(IPEndPoint.Parse("127.0.0.1:12001"))
            .ListenUnix(path)
            .ListenUdp(IPEndPoint.Parse("127.0.0.1:12002"))
            .ListenInMemory("name")
            .Listen("udp://localhost:12003")
            .Listen(new Uri("tcp://127.0.0.1:12004?framing=varint"))
            .Listen(new InMemoryTransport(), new InMemoryEndPoint("other")));
        var everywhere = new IPEndPoint(EndpointUri.AnyAddress, 12000);
        Assert.Equal(
            [
                $"tcp://{everywhere}?framing=raw",
                "tcp://[::1]:12001?framing=fixed:16",
                "tcp://127.0.0.1:12001?framing=lines",
                $"unix://{path}?framing=lines",
                "udp://127.0.0.1:12002",
                "memory://name",
                "udp://127.0.0.1:12003",
                "tcp://127.0.0.1:12004?framing=varint",
                "memory://other",
            ],
            server.Endpoints.Select(endpoint => endpoint.Uri.ToString()));
    }

    [Fact]
    public void ListenTcp_WithAnOptionThatCannotBe_ThrowsThere() => Assert.Throws<ArgumentException>(
        () => Server(server => server.ListenTcp(0, tcp => tcp.MaxMessageBytes = 0)));

    [Fact]
    public void ListenUdp_WithAnOptionThatCannotBe_ThrowsThere() => Assert.Throws<ArgumentException>(
        () => Server(server => server.ListenUdp(0, udp => udp.MaxConcurrentMessages = 0)));

    [Theory]
    [InlineData(70_000)]
    [InlineData(-1)]
    public void Listen_OnAPortThatCannotBe_ThrowsThereAndNamesIt(int port)
    {
        foreach (var listen in (Action<TransportServerBuilder>[])[s => s.ListenTcp(port), s => s.ListenUdp(port)])
        {
            var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Server(listen));
            Assert.Equal((nameof(port), port), (exception.ParamName, exception.ActualValue));
        }
    }

    [Theory]
    [InlineData("12000")]
    [InlineData("quic://127.0.0.1:1")]
    [InlineData("tcp://example.com:1")]
    public void Listen_OnAFaultyUri_Throws(string uri) =>
        Assert.Throws<FormatException>(() => Server(server => server.Listen(uri)));

    [Fact]
    public async Task ListenTcp_WithDifferentOptions_GivesEachEndpointItsOwn()
    {
        await using var server = Server(server => server
            .ListenTcp(1, tcp => tcp.MaxMessageBytes = 10)
            .ListenTcp(2, tcp => tcp.MaxMessageBytes = 20)
            .ListenTcp(3));
        Assert.Equal(
            [10, 20, 65_536],
            server.Endpoints.Select(endpoint => endpoint.Transport.Capabilities.MaxMessageBytes));
    }

    private static TransportServer Server(Action<TransportServerBuilder> configure) => TransportServer.Create(
        "test", server =>
        {
            configure(server);
            server.Handle((_, _) => default);
        });
}

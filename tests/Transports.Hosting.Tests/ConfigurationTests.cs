using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Transports.Hosting.Tests;

public class ConfigurationTests
{
    [Fact]
    public async Task Endpoints_InConfiguration_ReplaceThoseOfCode()
    {
        using var host = HostedServers.Build(
            transports => transports.AddUpper("a").AddUpper("b"),
            [("Servers:A:Endpoints:0", "memory://x"), ("Servers:A:Endpoints:1", "memory://y")]);
        await host.StartAsync();
        Assert.Equal(["memory://x", "memory://y"], host.Server("a").Listeners.Select(one => one.Uri.ToString()));
        Assert.Equal(["memory://b"], host.Server("b").Listeners.Select(one => one.Uri.ToString()));
        await host.StopAsync();
    }

    [Fact]
    public async Task Endpoints_FromTheCommandLine_ReplaceThoseOfConfiguration()
    {
        using var host = HostedServers.Build(
            transports => transports.AddUpper("a"),
            [("Servers:a:Endpoints:0", "memory://x"), ("Servers:a:Endpoints:1", "nonsense")],
            hosting => hosting.ReplaceEndpoints("a", "--endpoint", "memory://z"));
        await host.StartAsync();
        var endpoint = Assert.Single(host.Server("a").Endpoints);
        Assert.Equal("--endpoint: memory://z", endpoint.ToString());
        await host.StopAsync();
    }

    [Fact]
    public async Task Endpoints_OnlyInConfiguration_AreEnough()
    {
        using var host = HostedServers.Build(
            transports => transports.AddServer("a", server => server.Handle(HostedServers.Upper)),
            [("Servers:a:Endpoints:0", "memory://x")]);
        await host.StartAsync();
        Assert.Single(host.Server("a").Listeners);
        await host.StopAsync();
    }

    [Fact]
    public async Task Faults_OfEveryKind_AreReportedTogetherWithTheirKeys()
    {
        using var host = HostedServers.Build(
            transports => transports
                .AddUpper("a").AddUpper("b").AddUpper("c")
                .AddServer("nowhere", server => server.Handle(HostedServers.Upper)),
            [
                ("Colour", "red"),
                ("Servers:a:Endpoints:0", "memory://fine"),
                ("Servers:a:Endpoints:1", "tcp://127.0.0.1?framing=x"),
                ("Servers:a:Endpoints:2", "quic://127.0.0.1:1"),
                ("Servers:a:Endpoints:3:Port", "1"),
                ("Servers:a:Endpoint:0", "memory://fine"),
                ("Servers:b:Endpoints", "memory://not-a-list"),
                ("Servers:c:Endpoints:0", "tcp://example.com:1"),
                ("Servers:unknown:Endpoints:0", "udp://nonsense"),
            ]);

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        string[] expected =
        [
            "Transports:Colour: this key is unknown",
            "Transports:Servers:a:Endpoint: this key is unknown",
            "Transports:Servers:b:Endpoints: must be a list",
            "Transports:Servers:a:Endpoints:1: tcp://127.0.0.1?framing=x: Host and port",
            "Transports:Servers:a:Endpoints:1: tcp://127.0.0.1?framing=x: framing must be",
            "Transports:Servers:a:Endpoints:2: quic://127.0.0.1:1: The scheme 'quic'",
            "Transports:Servers:a:Endpoints:3: '' is not an endpoint",
            "Transports:Servers:c:Endpoints:0: tcp://example.com:1: To listen",
            "Transports:Servers:unknown: no server",
            "Transports:Servers:unknown:Endpoints:0: udp://nonsense: Host and port",
            "Transports:Servers:nowhere: the server has no endpoint",
        ];
        Assert.Equal(expected.Length, exception.Failures.Count());
        Assert.All(expected, line => Assert.Single(
            exception.Failures, fault => fault.StartsWith(line, StringComparison.Ordinal)));
        Assert.All(exception.Failures, line => Assert.Contains(line, exception.Message, StringComparison.Ordinal));
        Assert.All(
            host.Services.GetServices<TransportServer>(),
            server => Assert.Equal(TransportServerState.Stopped, server.State));
    }

    [Fact]
    public async Task Endpoints_InConfiguration_AreMadeOnce()
    {
        var scheme = new CountingScheme();
        using var host = HostedServers.Build(
            transports => transports.AddUpper("a").Services.AddSingleton<IEndpointScheme>(scheme),
            [("Servers:a:Endpoints:0", "counted://x")]);
        await host.StartAsync();
        await host.StopAsync();
        Assert.Equal(1, scheme.Count);
    }

    [Fact]
    public async Task Fault_OnTheCommandLine_NamesTheArgument()
    {
        using var host = HostedServers.Build(
            transports => transports.AddUpper("a"),
            hosting: hosting => hosting.ReplaceEndpoints("a", "--endpoint", "tcp://"));
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.StartsWith("--endpoint: tcp://: ", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_AsTheGuideShowsIt_IsRead()
    {
        const string Json = """
            { "Transports": { "Servers": { "uppercase": { "Endpoints": [ "memory://1", "memory://2" ] } } } }
            """;
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json)));
        builder.Services.AddTransports().AddUpper("uppercase").AddHosting();
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(
            ["Transports:Servers:uppercase:Endpoints:0", "Transports:Servers:uppercase:Endpoints:1"],
            host.Server("uppercase").Endpoints.Select(endpoint => endpoint.Source));
        await host.StopAsync();
    }

    [Fact]
    public async Task Json_WithAnEmptyList_IsAFault()
    {
        const string Json = """{ "Transports": { "Servers": { "a": { "Endpoints": [] } } } }""";
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json)));
        builder.Services.AddTransports().AddUpper("a").AddHosting();
        using var host = builder.Build();
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.StartsWith("Transports:Servers:a:Endpoints:", exception.Message, StringComparison.Ordinal);
    }

    private sealed class CountingScheme : IEndpointScheme
    {
        public int Count { get; private set; }

        public string Name => "counted";

        public TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults)
        {
            Count++;
            return new TransportEndpoint(new InMemoryTransport(), new InMemoryEndPoint(uri.Host));
        }
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Transports.Hosting.Tests;

public class HostingTests
{
    [Fact]
    public async Task Host_WithServers_StartsAndStopsThem()
    {
        using var host = HostedServers.Build(transports => transports.AddUpper("a").AddUpper("b"));
        await host.StartAsync();
        foreach (var name in new[] { "a", "b" })
        {
            Assert.Equal("ABC", await host.Server(name).Listeners.Single().AskAsync("abc"));
        }

        await host.StopAsync();
        Assert.All(
            host.Services.GetServices<TransportServer>(),
            server => Assert.Equal(TransportServerState.Stopped, server.State));
    }

    [Fact]
    public async Task Host_WhoseDeadlinePasses_AbortsWhatIsLeft()
    {
        var transport = new FakeTransport();
        using var host = HostedServers.Build(transports => transports.AddServer(
            "a", server => server.Listen(transport, new InMemoryEndPoint("a")).Handle(HostedServers.Upper)));
        await host.StartAsync();
        using var deadline = new CancellationTokenSource();
        var stop = host.StopAsync(deadline.Token);
        await transport.Stopping.Task.InTime();
        Assert.False(stop.IsCompleted);
        Assert.False(transport.WasAborted);
        await deadline.CancelAsync();
        await Task.WhenAny(stop).InTime();
        await transport.Completion.InTime();
        Assert.True(transport.WasAborted);
    }

    [Fact]
    public async Task Start_WhenAServerCannotListen_StopsThoseThatDo()
    {
        using var host = HostedServers.Build(transports => transports
            .AddUpper("a")
            .AddServer("b", server => server.ListenInMemory("a").Handle(HostedServers.Upper)));
        var exception = await Assert.ThrowsAsync<AddressInUseException>(() => host.StartAsync());
        Assert.StartsWith("Server 'b' cannot listen on memory://a:", exception.Message, StringComparison.Ordinal);
        Assert.Equal(TransportServerState.Stopped, host.Server("a").State);
        await Assert.ThrowsAsync<ConnectionFailedException>(async () => await host.Services
            .GetRequiredService<InMemoryTransport>().ConnectAsync(new InMemoryEndPoint("a")));
    }

    [Fact]
    public async Task Start_OnATakenPortFromConfiguration_NamesTheKey()
    {
        await using var other = TransportServer.Create("other", server => server
            .ListenTcp(new IPEndPoint(IPAddress.Loopback, 0)).Handle(HostedServers.Upper));
        await other.StartAsync();
        var uri = other.Listeners.Single().Uri.ToString();
        using var host = HostedServers.Build(
            transports => transports.AddUpper("a"),
            [("Servers:a:Endpoints:0", "memory://a"), ("Servers:a:Endpoints:1", uri)]);
        var exception = await Assert.ThrowsAsync<AddressInUseException>(() => host.StartAsync());
        Assert.Contains($"Transports:Servers:a:Endpoints:1: {uri}", exception.Message, StringComparison.Ordinal);
        Assert.Equal(TransportServerState.Stopped, host.Server("a").State);
    }

    [Fact]
    public async Task Host_WithoutAddHosting_StartsNoServer()
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddTransports().AddUpper("a");
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(TransportServerState.Stopped, host.Server("a").State);
        await host.StopAsync();
    }

    [Fact]
    public async Task AddHosting_Twice_StartsServersOnce()
    {
        using var host = HostedServers.Build(transports => transports.AddHosting().AddUpper("a").AddHosting());
        await host.StartAsync();
        Assert.Equal("ABC", await host.Server("a").Listeners.Single().AskAsync("abc"));
        await host.StopAsync();
    }

    [Fact]
    public async Task Server_OnEverySchemeFromConfiguration_AnswersOnAll()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.sock");
        string[] uris =
        [
            "tcp://localhost:0?framing=lines&idleTimeout=1m", "tcp://*:0?framing=raw", "udp://127.0.0.1:0",
            $"unix://{path}?framing=length2", "memory://all",
        ];
        using var host = HostedServers.Build(
            transports => transports.AddUpper("a"),
            uris.Select((uri, index) => ($"Servers:a:Endpoints:{index}", (string?)uri)));
        await host.StartAsync();
        var listeners = host.Server("a").Listeners;
        Assert.Equal(uris.Length, listeners.Count);
        foreach (var listener in listeners.Where(listener => !listener.Uri.Host.Equals("::", StringComparison.Ordinal)))
        {
            Assert.Equal("ABC", await listener.AskAsync("abc"));
        }

        // What a listener shows is what a client can parse.
        var everywhere = ((IPEndPoint)listeners[1].LocalEndPoint).Port;
        var endpoint = TransportEndpoint.Parse($"tcp://127.0.0.1:{everywhere}?framing=raw");
        await using var client = await endpoint.ConnectAsync();
        await client.SendAsync("abc");
        Assert.Equal("ABC", await client.ReceiveTextAsync());
        Assert.Equal($"unix://{path}?framing=length2", listeners[3].Uri.ToString());
        await host.StopAsync();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Server_OverTcpFromConfiguration_Serves()
    {
        using var host = HostedServers.Build(
            transports => transports.AddUpper("a"),
            [("Servers:a:Endpoints:0", "tcp://127.0.0.1:0?framing=varint")]);
        await host.StartAsync();
        var listener = host.Server("a").Listeners.Single();
        var port = ((IPEndPoint)listener.LocalEndPoint).Port;
        Assert.NotEqual(0, port);
        Assert.Equal($"tcp://127.0.0.1:{port}?framing=varint", listener.Uri.ToString());
        Assert.Equal("ABC", await listener.AskAsync("abc"));
        await host.StopAsync();
    }
}

using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Transports.Tests.Servers;

namespace Transports.Tests.DependencyInjection;

public class AddServerTests
{
    [Fact]
    public async Task AddServer_InAPlainContainer_IsFoundByNameAndServes()
    {
        await using var provider = Provider(transports => transports
            .AddServer("echo", server => server.ListenInMemory("echo").Handle<EchoHandler>())
            .AddServer("other", server => server.ListenInMemory("other").Handle<EchoHandler>()));
        var server = provider.GetRequiredKeyedService<TransportServer>("echo");
        Assert.Equal("echo", server.Name);
        Assert.Equal(["echo", "other"], provider.GetServices<TransportServer>().Select(one => one.Name));
        Assert.Same(server, provider.GetServices<TransportServer>().First());

        await server.StartAsync();
        Assert.Equal("abc", await AskAsync(provider, "echo", "abc"));
    }

    [Fact]
    public async Task Container_DisposedWhileServersRun_StopsThem()
    {
        var transport = new FakeTransport();
        var provider = Provider(transports => transports.AddServer(
            "a", server => server.Listen(transport, new InMemoryEndPoint("a")).Handle<EchoHandler>()));
        await provider.GetRequiredService<TransportServer>().StartAsync();
        await provider.DisposeAsync();
        Assert.Equal(1, transport.Listeners.Single().Stops);
    }

    [Fact]
    public void Container_DisposedSynchronously_Works()
    {
        using var provider = Provider(transports => transports.AddServer(
            "a", server => server.ListenInMemory("a").Handle<EchoHandler>()));
        Assert.NotNull(provider.GetRequiredService<TransportServer>());
    }

    [Fact]
    public void AddServer_Twice_KeepsOptionsApart()
    {
        using var provider = Provider(transports => transports
            .AddServer("a", server => server
                .ListenTcp(new IPEndPoint(IPAddress.Loopback, 0), tcp => tcp.MaxMessageBytes = 10)
                .Handle<EchoHandler>())
            .AddServer("b", server => server
                .ListenTcp(new IPEndPoint(IPAddress.Loopback, 0), tcp => tcp.MaxMessageBytes = 20)
                .Handle<EchoHandler>()));
        Assert.Equal(10, MaxMessageBytes("a"));
        Assert.Equal(20, MaxMessageBytes("b"));

        int MaxMessageBytes(string name) => provider.GetRequiredKeyedService<TransportServer>(name)
            .Endpoints.Single().Transport.Capabilities.MaxMessageBytes;
    }

    [Fact]
    public void AddServer_OfANameThatIsTaken_Throws()
    {
        var transports = new ServiceCollection().AddTransports();
        transports.AddServer("a", server => server.Handle<EchoHandler>());
        Assert.Throws<ArgumentException>(() => transports.AddServer("A", server => server.Handle<EchoHandler>()));
        Assert.Throws<ArgumentException>(() => transports.AddServer("", server => server.Handle<EchoHandler>()));
    }

    [Fact]
    public void AddServer_WithoutHandler_Throws() => Assert.Throws<InvalidOperationException>(
        () => new ServiceCollection().AddTransports().AddServer("a", server => server.ListenTcp(0)));

    [Fact]
    public void AddTransports_Twice_RegistersNothingTwice()
    {
        var services = new ServiceCollection();
        services.AddTransports();
        var count = services.Count;
        services.AddTransports();
        Assert.Equal(count, services.Count);
    }

    [Fact]
    public void AddTransports_AfterATransportInMemory_KeepsThatOne()
    {
        var memory = new InMemoryTransport();
        using var provider = Provider(
            transports => transports.AddServer("a", server => server.ListenInMemory("a").Handle<EchoHandler>()),
            services => services.AddSingleton(memory));
        Assert.Same(memory, provider.GetRequiredService<TransportServer>().Endpoints.Single().Transport);
    }

    [Fact]
    public void Listen_OnASchemeOfAnotherPackage_UsesIt()
    {
        using var provider = Provider(
            transports => transports.AddServer("a", server => server.Listen("mine://x").Handle<EchoHandler>()),
            services => services.TryAddEnumerable(ServiceDescriptor.Singleton<IEndpointScheme, MineScheme>()));
        Assert.Equal("mine://x", provider.GetRequiredService<TransportServer>().Endpoints.Single().Uri.ToString());
    }

    [Fact]
    public async Task Handle_OfAType_IsASingletonThatServersShare()
    {
        await using var provider = Provider(transports => transports
            .AddServer("a", server => server.ListenInMemory("a").Handle<CountingHandler>())
            .AddServer("b", server => server.ListenInMemory("b").Handle<CountingHandler>()));
        await StartAllAsync(provider);
        Assert.Equal("1", await AskAsync(provider, "a", ""));
        Assert.Equal("2", await AskAsync(provider, "b", ""));
    }

    [Fact]
    public async Task Handle_OfASingleton_GivesTheTransportTheHandlerItself()
    {
        var transport = new FakeTransport();
        await using var provider = Provider(transports => transports.AddServer(
            "a", server => server.Listen(transport, new InMemoryEndPoint("a")).Handle<EchoHandler>()));
        await StartAllAsync(provider);
        Assert.Same(provider.GetRequiredService<EchoHandler>(), transport.Listeners.Single().Handler);
    }

    [Fact]
    public async Task Use_OfATypeFromTheContainer_GetsItsDependencies()
    {
        await using var provider = Provider(
            transports => transports.AddServer(
                "a", server => server.ListenInMemory("a").Use<PrefixMiddleware>().Handle<EchoHandler>()),
            services => services.AddSingleton("prefix"));
        await StartAllAsync(provider);
        Assert.Equal("prefix", await AskAsync(provider, "a", "abc"));
    }

    [Fact]
    public void Use_OfAScopedType_Throws()
    {
        using var provider = Provider(
            transports => transports.AddServer(
                "a", server => server.ListenInMemory("a").Use<PrefixMiddleware>().Handle<EchoHandler>()),
            services => services.AddSingleton("prefix").AddScoped<PrefixMiddleware>());
        Assert.Throws<InvalidOperationException>(provider.GetRequiredService<TransportServer>);
    }

    [Fact]
    public void Extensions_OfTheBuilder_CanRegisterServices()
    {
        using var provider = Provider(transports => transports.AddServer("a", server =>
        {
            server.Services.AddSingleton("extra");
            server.Handle<EchoHandler>();
        }));
        Assert.Equal("extra", provider.GetRequiredService<string>());
    }

    internal static ServiceProvider Provider(
        Action<ITransportsBuilder> configure, Action<IServiceCollection>? before = null, bool validateOnBuild = true)
    {
        var services = new ServiceCollection();
        before?.Invoke(services);
        configure(services.AddTransports());
        return services.BuildServiceProvider(new ServiceProviderOptions
        {
            ValidateScopes = true,
            ValidateOnBuild = validateOnBuild,
        });
    }

    internal static async Task StartAllAsync(IServiceProvider provider)
    {
        foreach (var server in provider.GetServices<TransportServer>())
        {
            await server.StartAsync();
        }
    }

    internal static async Task<string> AskAsync(IServiceProvider provider, string name, string message)
    {
        var memory = provider.GetRequiredService<InMemoryTransport>();
        await using var client = await memory.ConnectAsync(new InMemoryEndPoint(name));
        await client.SendAsync(message);
        return await Wait.For(client.ReceiveTextAsync().AsTask());
    }

    private sealed class EchoHandler : IMessageHandler
    {
        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
            context.ReplyAsync(context.Payload.Span, cancellationToken);
    }

    private sealed class CountingHandler : IMessageHandler
    {
        private int _count;

        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
            context.ReplyAsync($"{Interlocked.Increment(ref _count)}", cancellationToken);
    }

    private sealed class PrefixMiddleware(string prefix) : IMessageMiddleware
    {
        public ValueTask InvokeAsync(
            MessageContext context, MessageDelegate next, CancellationToken cancellationToken) =>
            context.ReplyAsync(prefix, cancellationToken);
    }

    private sealed class MineScheme : IEndpointScheme
    {
        public string Name => "mine";

        public TransportEndpoint? Resolve(EndpointUri uri, ICollection<string> faults) =>
            new(new FakeTransport("mine"), new InMemoryEndPoint(uri.Host));
    }
}

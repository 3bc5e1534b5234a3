using Microsoft.Extensions.DependencyInjection;
using Transports.Tests.Servers;

namespace Transports.Tests.DependencyInjection;

public class ScopedHandlerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Handler_RegisteredAsScoped_IsMadeAnewForEveryMessage(bool registeredAfterwards)
    {
        var log = new Log();
        void AddScoped(IServiceCollection services) => services.AddScoped<ScopedHandler>();
        await using var provider = AddServerTests.Provider(
            transports =>
            {
                transports.AddServer("a", server => server.ListenInMemory("a").Handle<ScopedHandler>());
                if (registeredAfterwards)
                {
                    AddScoped(transports.Services);
                }
            },
            services =>
            {
                services.AddSingleton(log).AddScoped<Dependency>();
                if (!registeredAfterwards)
                {
                    AddScoped(services);
                }
            },
            // The singleton that was registered first is never made, but validation would look at it.
            validateOnBuild: !registeredAfterwards);
        await AddServerTests.StartAllAsync(provider);
        var memory = provider.GetRequiredService<InMemoryTransport>();
        await using var client = await memory.ConnectAsync(new InMemoryEndPoint("a"));
        foreach (var number in Enumerable.Range(1, 3))
        {
            await client.SendAsync("abc");
            Assert.Equal($"{number}", await Wait.For(client.ReceiveTextAsync().AsTask()));
        }

        await client.DisposeAsync();
        await provider.GetRequiredService<TransportServer>().StopAsync();
        Assert.Equal(["made 1", "disposed 1", "made 2", "disposed 2", "made 3", "disposed 3"], log.Lines);
    }

    [Fact]
    public async Task Scope_OfAHandlerThatWaits_LivesUntilItsTaskEnds()
    {
        var log = new Log();
        await using var provider = AddServerTests.Provider(
            transports => transports.AddServer("a", server => server.ListenInMemory("a").Handle<ScopedHandler>()),
            services => services.AddSingleton(log).AddScoped<Dependency>().AddScoped<ScopedHandler>());
        log.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await AddServerTests.StartAllAsync(provider);
        var memory = provider.GetRequiredService<InMemoryTransport>();
        await using var client = await memory.ConnectAsync(new InMemoryEndPoint("a"));
        await client.SendAsync("abc");
        await Wait.For(log.Entered.Task);
        Assert.Equal(["made 1"], log.Lines);
        log.Gate.SetResult();
        Assert.Equal("1", await Wait.For(client.ReceiveTextAsync().AsTask()));
        await provider.GetRequiredService<TransportServer>().StopAsync();
        Assert.Equal(["made 1", "disposed 1"], log.Lines);
    }

    [Fact]
    public async Task Observer_RegisteredAsScoped_IsToldThroughMiddleware()
    {
        var log = new Log();
        await using var provider = AddServerTests.Provider(
            transports => transports.AddServer("a", server => server
                .ListenInMemory("a")
                .Use((context, next, token) => next(context, token))
                .Handle<ScopedObserver>()),
            services => services.AddSingleton(log).AddScoped<ScopedObserver>());
        await AddServerTests.StartAllAsync(provider);
        Assert.Equal("abc", await AddServerTests.AskAsync(provider, "a", "abc"));
        await provider.GetRequiredService<TransportServer>().StopAsync();
        Assert.Equal(["connected", "RemoteClosed"], log.Lines);
    }

    [Fact]
    public async Task Handler_KnownByAnInterface_IsObservedIfItsImplementationObserves()
    {
        var log = new Log();
        await using var provider = AddServerTests.Provider(
            transports => transports.AddServer(
                "a", server => server.ListenInMemory("a").Handle<IMessageHandler>()),
            services => services.AddSingleton(log).AddScoped<IMessageHandler, ScopedObserver>());
        await AddServerTests.StartAllAsync(provider);
        Assert.Equal("abc", await AddServerTests.AskAsync(provider, "a", "abc"));
        await provider.GetRequiredService<TransportServer>().StopAsync();
        Assert.Equal(["connected", "RemoteClosed"], log.Lines);
    }

    private sealed class Log
    {
        private readonly List<string> _lines = [];

        public TaskCompletionSource? Gate { get; set; }

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string[] Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public void Add(string line)
        {
            lock (_lines)
            {
                _lines.Add(line);
            }
        }

        public int Count(string start) => Lines.Count(line => line.StartsWith(start, StringComparison.Ordinal));
    }

    private sealed class Dependency : IAsyncDisposable
    {
        private readonly Log _log;

        public Dependency(Log log)
        {
            _log = log;
            Number = log.Count("made") + 1;
            log.Add($"made {Number}");
        }

        public int Number { get; }

        public ValueTask DisposeAsync()
        {
            _log.Add($"disposed {Number}");
            return default;
        }
    }

    private sealed class ScopedHandler(Dependency dependency, Log log) : IMessageHandler
    {
        public async ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken)
        {
            log.Entered.TrySetResult();
            await (log.Gate?.Task ?? Task.CompletedTask);
            await context.ReplyAsync($"{dependency.Number}", cancellationToken);
        }
    }

    private sealed class ScopedObserver(Log log) : IMessageHandler, IConnectionObserver
    {
        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
            context.ReplyAsync(context.Payload.Span, cancellationToken);

        public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
        {
            log.Add("connected");
            return default;
        }

        public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
        {
            log.Add($"{reason}");
            return default;
        }
    }
}

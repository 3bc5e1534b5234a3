using Transports.Tests.Servers;

namespace Transports.Tests.Middleware;

public class MiddlewareTests
{
    [Fact]
    public async Task Use_SeveralTimes_StandsRoundTheHandlerInThatOrder()
    {
        var steps = new List<string>();
        await using var server = Server(server => server
            .Use(Around("outer", steps))
            .Use(new Inner(steps))
            .Handle((context, token) =>
            {
                steps.Add("handler");
                return context.ReplyAsync(context.Payload.Span, token);
            }));
        Assert.Equal("abc", await AskAsync(server, "abc"));
        await server.StopAsync();
        Assert.Equal(["outer in", "inner in", "handler", "inner out", "outer out"], steps);
    }

    [Fact]
    public async Task Use_OfOneThatDoesNotCallNext_KeepsTheMessageFromTheHandler()
    {
        var handled = 0;
        await using var server = Server(server => server
            .Use((context, _, token) => context.ReplyAsync("no", token))
            .Handle((_, _) =>
            {
                handled++;
                return default;
            }));
        Assert.Equal("no", await AskAsync(server, "abc"));
        Assert.Equal(0, handled);
    }

    [Fact]
    public async Task Use_RoundAnObserver_StillReportsConnections()
    {
        var observer = new Observer();
        await using var server = Server(server => server
            .Use((context, next, token) => next(context, token))
            .Handle(observer));
        Assert.Equal("abc", await AskAsync(server, "abc"));
        Assert.Equal(CloseReason.RemoteClosed, await Wait.For(observer.Disconnected.Task));
        Assert.Equal(1, observer.Connections);
    }

    [Fact]
    public async Task Use_RoundAHandlerThatDoesNotObserve_DoesNotObserveEither()
    {
        var transport = new FakeTransport();
        await using var server = TransportServer.Create("test", server => server
            .Listen(transport, new InMemoryEndPoint("a"))
            .Use((context, next, token) => next(context, token))
            .Handle((_, _) => default));
        await server.StartAsync();
        Assert.IsNotAssignableFrom<IConnectionObserver>(transport.Listeners.Single().Handler);
    }

    [Fact]
    public async Task Handle_WithoutMiddleware_GivesTheTransportTheHandlerItself()
    {
        var transport = new FakeTransport();
        var handler = MessageHandler.FromText(text => text);
        await using var server = TransportServer.Create("test", server => server
            .Listen(transport, new InMemoryEndPoint("a")).Handle(handler));
        await server.StartAsync();
        Assert.Same(handler, transport.Listeners.Single().Handler);
    }

    [Fact]
    public async Task Compose_OfSeveralMiddleware_AllocatesNothingPerMessage()
    {
        IMessageMiddleware pass = new DelegateMiddleware((context, next, token) => next(context, token));
        var chain = MiddlewareChain.Compose([pass, pass, pass], MessageHandler.Create((_, _) => default));
        await chain.HandleAsync(null!, default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var message = 0; message < 1000; message++)
        {
            await chain.HandleAsync(null!, default);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static TransportServer Server(Action<TransportServerBuilder> configure) => TransportServer.Create(
        "test", server => configure(server.ListenInMemory("test")));

    private static async Task<string> AskAsync(TransportServer server, string message)
    {
        await server.StartAsync();
        await using var client = await server.Listeners[0].Endpoint.ConnectAsync();
        await client.SendAsync(message);
        return await Wait.For(client.ReceiveTextAsync().AsTask());
    }

    private static Func<MessageContext, MessageDelegate, CancellationToken, ValueTask> Around(
        string name, List<string> steps) => async (context, next, token) =>
        {
            steps.Add($"{name} in");
            await next(context, token);
            steps.Add($"{name} out");
        };

    private sealed class Inner(List<string> steps) : IMessageMiddleware
    {
        public ValueTask InvokeAsync(
            MessageContext context, MessageDelegate next, CancellationToken cancellationToken) =>
            Around("inner", steps)(context, next, cancellationToken);
    }

    private sealed class Observer : IMessageHandler, IConnectionObserver
    {
        public int Connections { get; private set; }

        public TaskCompletionSource<CloseReason> Disconnected { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) =>
            context.ReplyAsync(context.Payload.Span, cancellationToken);

        public ValueTask OnConnectedAsync(IConnection connection, CancellationToken cancellationToken)
        {
            Connections++;
            return default;
        }

        public ValueTask OnDisconnectedAsync(IConnection connection, CloseReason reason)
        {
            Disconnected.SetResult(reason);
            return default;
        }
    }
}

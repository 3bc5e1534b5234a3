using System.Net;

namespace Transports.Tests.Servers;

public class TransportServerTests
{
    private static readonly IMessageHandler Upper = MessageHandler.FromText(text => text.ToUpperInvariant());

    [Fact]
    public async Task Start_OnSeveralEndpoints_ListensOnAllInTheirOrder()
    {
        var transport = new FakeTransport();
        await using var server = Server(At(transport, "a"), At(transport, "b"));
        Assert.Equal(TransportServerState.Stopped, server.State);
        Assert.Empty(server.Listeners);

        await server.StartAsync();

        Assert.Equal(TransportServerState.Running, server.State);
        Assert.Equal(["fake://a", "fake://b"], server.Listeners.Select(listener => listener.Uri.ToString()));
        Assert.All(transport.Listeners, listener => Assert.Same(Upper, listener.Handler));
        Assert.False(server.Completion.IsCompleted);
    }

    [Fact]
    public async Task Start_AfterStop_ListensAgain()
    {
        var memory = new InMemoryTransport();
        await using var server = Server(At(memory, "again"));
        for (var round = 0; round < 3; round++)
        {
            await server.StartAsync();
            var run = server.Completion;
            await using (var client = await server.Listeners[0].Endpoint.ConnectAsync())
            {
                await client.SendAsync("abc");
                Assert.Equal("ABC", await Wait.For(client.ReceiveTextAsync().AsTask()));
            }

            await server.StopAsync();
            await Wait.For(run);
            Assert.Equal(TransportServerState.Stopped, server.State);
            Assert.Empty(server.Listeners);
            await Assert.ThrowsAsync<ConnectionFailedException>(
                () => memory.ConnectAsync(new InMemoryEndPoint("again")).AsTask());
        }
    }

    [Fact]
    public async Task Start_WhenOneEndpointFails_StopsThoseAlreadyBoundAndNamesIt()
    {
        var good = new FakeTransport();
        var bad = new FakeTransport("bad") { Binding = (_, _) => throw new AddressInUseException("taken") };
        var endpoint = new TransportEndpoint(bad, new InMemoryEndPoint("b")) { Source = "Some:Key:1" };
        await using var server = Server(At(good, "a"), endpoint, At(good, "c"));

        var exception = await Assert.ThrowsAsync<AddressInUseException>(() => server.StartAsync());

        Assert.Equal("Server 'test' cannot listen on Some:Key:1: bad://b: taken", exception.Message);
        var bound = Assert.Single(good.Listeners);
        Assert.Equal((1, 1), (bound.Stops, bound.Disposals));
        Assert.Equal(TransportServerState.Stopped, server.State);
        Assert.Same(exception, server.Fault);
        await Wait.For(server.Completion);
    }

    [Fact]
    public async Task Start_WhenAnEndpointIsOfTheWrongKind_ThrowsATypedException()
    {
        await using var server = Server(new TransportEndpoint(new InMemoryTransport(), new IPEndPoint(1, 1)));
        var exception = await Assert.ThrowsAsync<TransportException>(() => server.StartAsync());
        Assert.IsType<ArgumentException>(exception.InnerException);
        Assert.Contains("'test'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AfterAFailure_ForgetsIt()
    {
        var taken = true;
        var transport = new FakeTransport
        {
            Binding = (_, _) => taken ? throw new AddressInUseException() : Task.CompletedTask,
        };
        await using var server = Server(At(transport, "a"));
        await Assert.ThrowsAsync<AddressInUseException>(() => server.StartAsync());
        taken = false;
        await server.StartAsync();
        Assert.Null(server.Fault);
        Assert.Equal(TransportServerState.Running, server.State);
    }

    [Fact]
    public async Task Start_WhileItRuns_Throws()
    {
        await using var server = Server(At(new FakeTransport(), "a"));
        await server.StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync());
        Assert.Throws<InvalidOperationException>(() => server.Endpoints = []);
        Assert.Equal(TransportServerState.Running, server.State);
    }

    [Fact]
    public async Task Start_WithoutEndpoint_Throws()
    {
        await using var server = Server();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync());
    }

    [Fact]
    public async Task Start_WithOtherEndpoints_ListensThere()
    {
        var transport = new FakeTransport();
        await using var server = Server(At(transport, "a"));
        server.Endpoints = [At(transport, "b")];
        await server.StartAsync();
        Assert.Equal("fake://b", server.Listeners.Single().ToString());
    }

    [Fact]
    public async Task Start_Cancelled_LeavesNothingBoundAndNoFault()
    {
        using var cancel = new CancellationTokenSource();
        var good = new FakeTransport();
        var slow = new FakeTransport { Binding = (_, token) => Task.Delay(Timeout.Infinite, token) };
        await using var server = Server(At(good, "a"), At(slow, "b"));
        var start = server.StartAsync(cancel.Token);
        Assert.Equal(TransportServerState.Starting, server.State);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(start));
        Assert.Equal(1, good.Listeners.Single().Disposals);
        Assert.Equal(TransportServerState.Stopped, server.State);
        Assert.Null(server.Fault);
    }

    [Fact]
    public async Task Start_WhenATransportGivesUpByItself_IsAFailureAndNoCancellation()
    {
        var transport = new FakeTransport { Binding = (_, _) => throw new OperationCanceledException("timed out") };
        await using var server = Server(At(transport, "a"));
        var exception = await Assert.ThrowsAsync<TransportException>(() => server.StartAsync());
        Assert.Same(exception, server.Fault);
    }

    [Fact]
    public async Task Stop_WhileItStarts_GivesTheStartUp()
    {
        var slow = new FakeTransport { Binding = (_, token) => Task.Delay(Timeout.Infinite, token) };
        await using var server = Server(At(slow, "a"));
        var start = server.StartAsync();
        await Wait.For(server.StopAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.Equal(TransportServerState.Stopped, server.State);
    }

    [Fact]
    public async Task Stop_BeforeStart_DoesNothing()
    {
        await using var server = Server(At(new FakeTransport(), "a"));
        await server.StopAsync();
        Assert.Equal(TransportServerState.Stopped, server.State);
        Assert.True(server.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stop_WithADeadline_PassesItToEveryListener()
    {
        using var deadline = new CancellationTokenSource();
        var transport = new FakeTransport();
        await using var server = Server(At(transport, "a"), At(transport, "b"));
        await server.StartAsync();
        foreach (var listener in transport.Listeners)
        {
            listener.DrainsByItself = false;
        }

        var stop = server.StopAsync(deadline.Token);
        Assert.Equal(TransportServerState.Stopping, server.State);
        Assert.Equal(2, server.Listeners.Count);
        Assert.All(transport.Listeners, listener => Assert.Equal(1, listener.Stops));
        Assert.False(stop.IsCompleted);

        await deadline.CancelAsync();
        await Wait.For(stop);
        Assert.All(transport.Listeners, listener => Assert.Equal("aborted", listener.Drained.Task.Result));
        Assert.All(transport.Listeners, listener => Assert.Equal(1, listener.Disposals));
    }

    [Fact]
    public async Task Stop_CalledAgainWithAnEarlierDeadline_EndsBoth()
    {
        var transport = new FakeTransport();
        await using var server = Server(At(transport, "a"));
        await server.StartAsync();
        transport.Listeners.Single().DrainsByItself = false;
        var patient = server.StopAsync();
        await Wait.For(server.StopAsync(new CancellationToken(canceled: true)));
        await Wait.For(patient);
        Assert.Equal(TransportServerState.Stopped, server.State);
    }

    [Fact]
    public async Task Listener_ThatDies_FaultsTheServerWhileTheOthersGoOn()
    {
        var transport = new FakeTransport();
        await using var server = Server(At(transport, "a"), At(transport, "b"));
        await server.StartAsync();
        var completion = server.Completion;
        var cause = new IOException("loop is dead");
        transport.Listeners.First().Die(cause);

        var exception = await Assert.ThrowsAsync<TransportException>(() => Wait.For(completion));

        Assert.Same(exception, server.Fault);
        Assert.Same(cause, exception.InnerException);
        Assert.Contains("fake://a", exception.Message, StringComparison.Ordinal);
        Assert.Equal(TransportServerState.Running, server.State);
        await server.StopAsync();
        Assert.Equal(1, transport.Listeners.Last().Stops);
        await server.StartAsync();
        Assert.Null(server.Fault);
    }

    [Fact]
    public async Task Listener_ThatEndsUnasked_IsAFault()
    {
        var transport = new FakeTransport();
        await using var server = Server(At(transport, "a"));
        await server.StartAsync();
        transport.Listeners.Single().End();
        await Assert.ThrowsAsync<TransportException>(() => Wait.For(server.Completion));
    }

    [Fact]
    public async Task Listener_ThatIsStoppedAlone_IsNoFault()
    {
        var transport = new FakeTransport();
        await using var server = Server(At(transport, "a"), At(transport, "b"));
        await server.StartAsync();
        var completion = server.Completion;
        await server.Listeners[0].StopAsync();
        await server.StopAsync();
        await Wait.For(completion);
        Assert.Null(server.Fault);
    }

    [Fact]
    public async Task Dispose_Twice_StopsOnceAndForGood()
    {
        var transport = new FakeTransport();
        var server = Server(At(transport, "a"));
        await server.StartAsync();
        await server.DisposeAsync();
        await server.DisposeAsync();
        Assert.Equal(1, transport.Listeners.Single().Stops);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => server.StartAsync());
        Assert.Throws<ObjectDisposedException>(() => server.Endpoints = []);
    }

    [Fact]
    public async Task Dispose_Synchronously_Aborts()
    {
        var transport = new FakeTransport();
        var server = Server(At(transport, "a"));
        await server.StartAsync();
        transport.Listeners.Single().DrainsByItself = false;
        server.Dispose();
        Assert.Equal("aborted", await transport.Listeners.Single().Drained.Task);
        Assert.Equal(TransportServerState.Stopped, server.State);
    }

    [Fact]
    public async Task Create_WithoutContainer_ServesTcpAndMemory()
    {
        await using var server = TransportServer.Create("plain", server => server
            .ListenTcp(new IPEndPoint(IPAddress.Loopback, 0))
            .ListenInMemory("plain")
            .Handle(Upper));
        await server.StartAsync();
        foreach (var listener in server.Listeners)
        {
            await using var client = await listener.Transport.ConnectAsync(listener.LocalEndPoint);
            await client.SendAsync("abc");
            Assert.Equal("ABC", await Wait.For(client.ReceiveTextAsync().AsTask()));
        }

        Assert.NotEqual(0, ((IPEndPoint)server.Listeners[0].LocalEndPoint).Port);
    }

    [Fact]
    public void Create_WithATypeToConstruct_SaysThatAContainerIsNeeded()
    {
        var exception = Assert.Throws<InvalidOperationException>(
            () => TransportServer.Create("plain", server => server.Handle<NullHandler>()));
        Assert.Contains("container", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WithoutHandler_Throws() => Assert.Throws<InvalidOperationException>(
        () => TransportServer.Create("plain", server => server.ListenTcp(0)));

    [Fact]
    public void Create_WithTwoHandlers_Throws() => Assert.Throws<InvalidOperationException>(
        () => TransportServer.Create("plain", server => server.Handle(Upper).Handle(Upper)));

    private static TransportServer Server(params TransportEndpoint[] endpoints) => new("test", endpoints, Upper);

    private static TransportEndpoint At(ITransport transport, string name) =>
        new(transport, new InMemoryEndPoint(name));

    private sealed class NullHandler : IMessageHandler
    {
        public ValueTask HandleAsync(MessageContext context, CancellationToken cancellationToken) => default;
    }
}

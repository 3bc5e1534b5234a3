namespace Transports.Testing.Tests.Examples;

/// <summary>A handler and a client together, over memory: everything but the network.</summary>
public sealed class InMemoryExamples
{
    private readonly LogCollector _logs = new();
    private readonly InMemoryEndPoint _server = new("prices");
    private readonly PriceHandler _handler = new(new Dictionary<string, string> { ["tea"] = "2.50" });

    [Fact]
    public async Task Client_AsksTheServer_GetsThePrice()
    {
        var transport = new InMemoryTransport(loggerFactory: _logs);
        var handler = new RecordingHandler(_handler);
        await using var listener = await transport.ListenAsync(_server, handler);

        var price = await new PriceClient(transport, _server, TimeProvider.System).AskAsync("tea");

        Assert.Equal("2.50", price);
        Assert.Equal(["tea"], handler.Texts);
        await handler.WaitForDisconnectionsAsync();
        _logs.VerifyNothing();
    }

    [Fact]
    public async Task Client_StartsBeforeTheServer_GetsThePriceOnTheSecondTry()
    {
        var transport = new InMemoryTransport(loggerFactory: _logs);
        var clock = new VirtualTimeProvider();

        var asking = new PriceClient(transport, _server, clock).AskAsync("tea");
        await clock.WhenTimerAsync();
        await using var listener = await transport.ListenAsync(_server, _handler);
        clock.Advance(PriceClient.RetryAfter);

        Assert.Equal("2.50", await asking);
    }

    [Fact]
    public async Task Server_ClientIsSilent_ClosesItAfterTheIdleTimeout()
    {
        var clock = new VirtualTimeProvider();
        var options = new InMemoryTransportOptions { IdleTimeout = TimeSpan.FromMinutes(5) };
        var transport = new InMemoryTransport(options, _logs, clock);
        var handler = new RecordingHandler(_handler);
        await using var listener = await transport.ListenAsync(_server, handler);
        await using var client = await transport.ConnectAsync(_server);

        var gone = handler.WaitForDisconnectionsAsync();
        while (!gone.IsCompleted)
        {
            // Its silence begins when the server has welcomed it, perhaps only after the clock was moved.
            clock.Advance(TimeSpan.FromMinutes(5));
            await Task.Yield();
        }

        var end = Assert.Single(await gone);
        Assert.Equal(CloseReason.IdleTimeout, end.Reason);
    }
}

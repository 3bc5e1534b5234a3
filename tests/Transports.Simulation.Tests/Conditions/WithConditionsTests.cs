using System.Net;
using Transports.Requests;
using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

public class WithConditionsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly IMessageHandler Uppercase = MessageHandler.FromText(text => text.ToUpperInvariant());

    [Fact]
    public async Task Udp_ListedLoss_LosesExactlyThoseMessages()
    {
        var handler = new RecordingHandler(Uppercase);
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), handler);
        await using var connection = await transport
            .WithConditions(NetworkConditions.Parse("droplist 2"), seed: 1).ConnectAsync(listener.LocalEndPoint);

        // Of four requests the second is lost on its way there, of three replies the second on its way back: which one
        // that is, is up to the threads that handle the two.
        await connection.SendAsync("one");
        Assert.Equal("ONE", await ReceiveAsync(connection));
        foreach (var text in (string[])["two", "three", "four"])
        {
            await connection.SendAsync(text);
        }

        await handler.WaitForMessagesAsync(3);
        Assert.Equal(["four", "one", "three"], handler.Texts.Order());
        Assert.Contains(await ReceiveAsync(connection), (string[])["THREE", "FOUR"]);

        // And no more than those.
        await connection.SendAsync("five");
        Assert.Equal("FIVE", await ReceiveAsync(connection));
    }

    [Fact]
    public async Task Udp_Duplicate_ArrivesTwice()
    {
        var handler = new RecordingHandler();
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), handler);
        await using var connection = await transport
            .WithConditions(NetworkConditions.Parse("duplicate 100%"), seed: 1).ConnectAsync(listener.LocalEndPoint);

        await connection.SendAsync("hello");

        Assert.Equal(2, (await handler.WaitForMessagesAsync(2)).Count);
    }

    [Fact]
    public async Task Tcp_Loss_ShowsAsDelayInOrder()
    {
        var time = new VirtualTimeProvider();
        var transport = new TcpTransport(new TcpTransportOptions());
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Uppercase);
        var connection = await transport
            .WithConditions(NetworkConditions.Parse("droplist 1 duplicate 100%"), seed: 1, time)
            .ConnectAsync(listener.LocalEndPoint);

        await connection.SendAsync("one");
        await connection.SendAsync("two");
        var first = ReceiveAsync(connection);
        await time.WhenTimerAsync().WaitAsync(Patience);
        Assert.Equal(TimeSpan.FromMilliseconds(200), time.NextTimerDueIn);
        time.Advance(TimeSpan.FromMilliseconds(200));
        await time.WhenTimerAsync().WaitAsync(Patience);
        time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal("ONE", await first);
        Assert.Equal("TWO", await ReceiveAsync(connection));
        await connection.DisposeAsync().AsTask().WaitAsync(Patience);
    }

    [Fact]
    public async Task Memory_Disposed_LetsWhatIsUnderWayArrive()
    {
        var handler = new RecordingHandler();
        var time = new VirtualTimeProvider();
        var transport = new InMemoryTransport();
        await using var listener = await transport.ListenAsync(new InMemoryEndPoint("bad day"), handler);
        var connection = await transport.WithConditions(NetworkConditions.Parse("delay 40ms"), seed: 1, time)
            .ConnectAsync(listener.LocalEndPoint);

        await connection.SendAsync("last words");
        var disposal = connection.DisposeAsync().AsTask();
        await time.WhenTimerAsync().WaitAsync(Patience);
        Assert.False(disposal.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(40));

        await disposal.WaitAsync(Patience);
        Assert.Single(await handler.WaitForMessagesAsync(1));
        await Assert.ThrowsAsync<ConnectionClosedException>(() => connection.SendAsync("too late").AsTask());
        await Assert.ThrowsAsync<ConnectionClosedException>(() => connection.ReceiveAsync().AsTask());
    }

    [Fact]
    public async Task Memory_QueueFull_HoldsTheSenderBack()
    {
        var time = new VirtualTimeProvider();
        var transport = new InMemoryTransport();
        await using var listener = await transport.ListenAsync(new InMemoryEndPoint("narrow"), new RecordingHandler());
        var connection = await transport.WithConditions(NetworkConditions.Parse("delay 1s limit 2"), seed: 1, time)
            .ConnectAsync(listener.LocalEndPoint);

        await connection.SendAsync("one");
        await connection.SendAsync("two");
        var third = connection.SendAsync("three").AsTask();
        Assert.False(third.IsCompleted);
        await time.WhenTimerAsync().WaitAsync(Patience);
        time.Advance(TimeSpan.FromSeconds(1));

        await third.WaitAsync(Patience);
        connection.Abort();
        await connection.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(CloseReason.Aborted, await connection.Completion);
    }

    [Fact]
    public async Task Requests_OverLossyUdp_AreAllAnswered()
    {
        var transport = new UdpTransport(new UdpTransportOptions());
        await using var listener = await transport.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Uppercase);
        var lossy = transport.WithConditions(NetworkConditions.Parse("loss 20% duplicate 20%"), seed: 3);
        await using var client = new RequestClient(
            lossy,
            listener.LocalEndPoint,
            new RequestClientOptions { Timeout = Patience, RetransmitInterval = TimeSpan.FromMilliseconds(20) });

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal($"REQUEST {i}", await client.RequestAsync($"request {i}"));
        }
    }

    private static async Task<string> ReceiveAsync(IConnection connection)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await connection.ReceiveTextAsync(patience.Token);
    }
}

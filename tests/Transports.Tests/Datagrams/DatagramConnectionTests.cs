using System.Net.Sockets;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

public class DatagramConnectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendAndReceive_WithThePeer_KeepsBoundaries(bool blocks)
    {
        var channel = new FakeChannel { Blocks = blocks };
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        var connection = await transport.ConnectAsync(Alice);

        await connection.SendAsync("one");
        await connection.SendAsync("");
        channel.ArriveTogether(new(Alice, "eins"), new(Alice, ""), new(Alice, "drei"));

        Assert.Equal($"{Alice} one", (await channel.NextSentAsync()).ToString());
        Assert.Equal($"{Alice} ", (await channel.NextSentAsync()).ToString());
        Assert.Equal("eins", await connection.ReceiveTextAsync().Soon());
        Assert.Equal("", await connection.ReceiveTextAsync().Soon());
        Assert.Equal("drei", await connection.ReceiveTextAsync().Soon());
        Assert.Equal((Alice, channel.LocalEndPoint), (connection.RemoteEndPoint, connection.LocalEndPoint));
        Assert.Equal(1, metrics["transports.connections.active"]);

        // A message is counted a moment after it can be received.
        await connection.DisposeAsync().Soon();
        Assert.Equal(2, metrics["transports.messages.sent"]);
        Assert.Equal(3, metrics["transports.messages.received"]);
    }

    [Fact]
    public async Task Receive_FromSomebodyElse_IsDroppedUnlessTheChannelIsConnected()
    {
        var channel = new FakeChannel();
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var open = await transport.ConnectAsync(Alice);
        channel.ArriveTogether(new(Bob, "forged"), new(new(Alice.Address, 7), "forged"), new(Alice, "real"));
        Assert.Equal("real", await open.ReceiveTextAsync().Soon());
        Assert.Equal(2, metrics.Dropped("unexpected_sender"));

        var connected = new FakeChannel { Peer = Alice };
        await using var connection = await new FakeDatagramTransport(connected).ConnectAsync(Alice);
        connected.Arrive(Bob, "checked below");
        Assert.Equal("checked below", await connection.ReceiveTextAsync().Soon());
    }

    [Fact]
    public async Task Receive_TruncatedTooLongOrTooMany_IsDroppedAndCounted()
    {
        var channel = new FakeChannel();
        var options = new FakeOptions { MaxMessageBytes = 10, ReceiveQueueBytes = 30 };
        var transport = new FakeDatagramTransport(channel, options);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var connection = await transport.ConnectAsync(Alice);

        channel.ArriveTogether(new(Alice, "cut"u8.ToArray(), IsTruncated: true), new(Alice, "12345678901"));
        channel.ArriveTogether(new(Alice, "1234567890"), new(Alice, "abcdefghij"), new(Alice, "one more"));
        for (var index = 0; index < 3; index++)
        {
            await channel.NextReceiveAsync();
        }

        Assert.Equal("1234567890", await connection.ReceiveTextAsync().Soon());
        Assert.Equal("abcdefghij", await connection.ReceiveTextAsync().Soon());
        Assert.Equal(1, metrics.Dropped("truncated"));
        Assert.Equal(1, metrics.Dropped("too_long"));
        Assert.Equal(1, metrics.Dropped("receive_queue_full"));
    }

    [Fact]
    public async Task Send_OverTheLimit_SaysBothAndLeavesItUsable()
    {
        var channel = new FakeChannel();
        await using var connection =
            await new FakeDatagramTransport(channel, new FakeOptions { MaxMessageBytes = 3 }).ConnectAsync(Alice);

        var thrown = await connection.SendAsync("four").Throws<MessageTooLongException>();
        await connection.SendAsync("yes");

        Assert.Equal((4, 3), (thrown.Length, thrown.Limit));
        Assert.Equal("yes", (await channel.NextSentAsync()).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Send_ToldOfAnEarlierUnreachable_TriesAgainOnce(int refusals)
    {
        var attempts = 0;
        var channel = new FakeChannel
        {
            OnSend = batch => ++attempts <= refusals
                ? throw new SocketException((int)SocketError.ConnectionRefused)
                : new ValueTask<int>(batch.Length),
        };
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        await using var connection = await transport.ConnectAsync(Alice);

        await connection.SendAsync("x").Soon();

        Assert.Equal(2, attempts);
        Assert.Equal(refusals == 1, channel.HasSent);
        Assert.Equal(refusals, metrics["transports.receive.errors ConnectionRefused"]);
    }

    [Theory]
    [InlineData(SocketError.MessageSize, typeof(MessageTooLongException))]
    [InlineData(SocketError.NetworkUnreachable, typeof(TransportException))]
    public async Task Send_Fails_ThrowsAndLeavesItUsable(SocketError error, Type expected)
    {
        var channel = new FakeChannel { OnSend = _ => throw new SocketException((int)error) };
        await using var connection = await new FakeDatagramTransport(channel).ConnectAsync(Alice);

        await Assert.ThrowsAsync(expected, () => connection.SendAsync("x").Soon());
        channel.OnSend = null;
        await connection.SendAsync("y");

        Assert.Equal("y", (await channel.NextSentAsync()).Text);
    }

    [Fact]
    public async Task Receive_ErrorsAndUnreachable_DoNotEndIt()
    {
        var channel = new FakeChannel();
        await using var connection = await new FakeDatagramTransport(channel).ConnectAsync(Alice);

        channel.Fail(new SocketException((int)SocketError.ConnectionRefused));
        channel.Fail(new IOException("junk"));
        channel.Arrive(Alice, "still here");

        Assert.Equal("still here", await connection.ReceiveTextAsync().Soon());
    }

    [Fact]
    public async Task Channel_IsGone_EndsAsTransportFailed()
    {
        var channel = new FakeChannel();
        var connection = await new FakeDatagramTransport(channel).ConnectAsync(Alice);
        var receive = connection.ReceiveAsync().AsTask();

        await channel.DisposeAsync();

        Assert.Equal(CloseReason.TransportFailed, await connection.Completion.Soon());
        var closed = await Assert.ThrowsAsync<ConnectionClosedException>(() => receive.Soon());
        Assert.Equal(CloseReason.TransportFailed, closed.Reason);
        await connection.DisposeAsync().Soon();
        Assert.Equal(CloseReason.TransportFailed, await connection.Completion);
    }

    [Fact]
    public async Task Dispose_TwiceAndDuringAReceive_EndsAsLocalClosed()
    {
        var channel = new FakeChannel();
        var transport = new FakeDatagramTransport(channel);
        using var metrics = new MetricCollector(transport.Capabilities.Scheme);
        var connection = await transport.ConnectAsync(Alice);
        var receive = connection.ReceiveAsync().AsTask();

        await Task.WhenAll(connection.DisposeAsync().Soon(), Task.Run(() => connection.DisposeAsync().Soon()));
        connection.Abort();

        Assert.Equal(CloseReason.LocalClosed, await connection.Completion.Soon());
        await Assert.ThrowsAsync<ConnectionClosedException>(() => receive.Soon());
        var closed = await connection.SendAsync("x").Throws<ConnectionClosedException>();
        Assert.Equal(CloseReason.LocalClosed, closed.Reason);
        Assert.Equal(1, channel.Disposals);
        Assert.Equal(0, metrics["transports.connections.active"]);
        Assert.Equal(1, metrics["transports.connections.closed LocalClosed"]);
    }

    [Fact]
    public async Task Abort_WithMessagesQueued_LetsThemBeReceivedFirst()
    {
        var channel = new FakeChannel();
        var connection = await new FakeDatagramTransport(channel).ConnectAsync(Alice);
        channel.ArriveTogether(new(Alice, "a"), new(Alice, "b"));
        Assert.Equal("a", await connection.ReceiveTextAsync().Soon());

        connection.Abort();

        Assert.Equal(CloseReason.Aborted, await connection.Completion.Soon());
        Assert.Equal("b", await connection.ReceiveTextAsync().Soon());
        await Assert.ThrowsAsync<ConnectionClosedException>(async () =>
        {
            await foreach (var _ in connection.ReceiveAllAsync())
            {
                Assert.Fail("nothing is left");
            }
        });
    }

    [Fact]
    public async Task ReceiveAll_ClosedHere_Ends()
    {
        var channel = new FakeChannel();
        var connection = await new FakeDatagramTransport(channel).ConnectAsync(Alice);
        channel.Arrive(Alice, "a");

        var received = 0;
        await foreach (var message in connection.ReceiveAllAsync())
        {
            received += message.Length;
            _ = connection.DisposeAsync().AsTask();
        }

        Assert.Equal(1, received);
    }

    [Fact]
    public async Task Cancelled_SendAndReceive_ThrowAndLeaveItUsable()
    {
        var channel = new FakeChannel();
        await using var connection = await new FakeDatagramTransport(channel).ConnectAsync(Alice);
        using var cancel = new CancellationTokenSource();

        var receive = connection.ReceiveAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.SendAsync("x", cancel.Token).Soon());
        channel.Arrive(Alice, "later");
        Assert.Equal("later", await connection.ReceiveTextAsync().Soon());
    }

    [Fact]
    public async Task Send_ManyAtOnce_NeverMixesThem()
    {
        const int Senders = 8;
        const int Each = 200;
        var channel = new FakeChannel
        {
            OnSend = async batch =>
            {
                await Task.Yield();
                return batch.Length;
            },
        };
        await using var connection = await new FakeDatagramTransport(channel).ConnectAsync(Alice);

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var index = 0; index < Each; index++)
            {
                await connection.SendAsync($"{sender}:{index}:{new string('x', index)}");
            }
        })));

        var received = new HashSet<string>();
        while (channel.HasSent)
        {
            Assert.True(received.Add((await channel.NextSentAsync()).Text));
        }

        Assert.Equal(
            from sender in Enumerable.Range(0, Senders)
            from index in Enumerable.Range(0, Each)
            select $"{sender}:{index}:{new string('x', index)}",
            received.OrderBy(text => text[0]).ThenBy(text => text.Length));
    }
}

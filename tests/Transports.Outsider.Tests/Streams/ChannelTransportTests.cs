using System.Net;
using Transports;
using Transports.Framing;

namespace Outsider;

/// <summary>What an outsider's own byte stream gets for nothing from the base class.</summary>
public sealed class ChannelTransportTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly InMemoryEndPoint Name = new("outsider");

    private readonly ReverseHandler _handler = new();

    public static TheoryData<MessageFraming> Framings =>
    [
        MessageFraming.Lines, MessageFraming.Delimited("<>"u8), MessageFraming.LengthPrefixed(2),
        MessageFraming.VarintPrefixed, new NetstringFraming(),
    ];

    [Fact]
    public void Capabilities_SayWhatTheBaseClassAndTheFramingPromise()
    {
        var options = new ChannelTransportOptions { MaxMessageBytes = 1000 };
        Assert.Equal(
            new TransportCapabilities("channel", true, true, true, true, 1000),
            new ChannelTransport(options).Capabilities);
    }

    [Fact]
    public void New_FaultyOptions_NamesAllFaults()
    {
        var options = new ChannelTransportOptions { MaxChunks = 0, MaxConnections = 0 };
        var exception = Assert.Throws<ArgumentException>(() => new ChannelTransport(options));
        Assert.Contains("MaxChunks", exception.Message, StringComparison.Ordinal);
        Assert.Contains("MaxConnections", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Framings))]
    public async Task Echo_EveryFraming_KeepsOrderAndBoundaries(MessageFraming framing)
    {
        // Fewer chunks than messages, so that there is back-pressure as well.
        var transport = new ChannelTransport(new ChannelTransportOptions { Framing = framing, MaxChunks = 2 });
        await using var listener = await transport.ListenAsync(Name, _handler);
        await using var client = await transport.ConnectAsync(Name);

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await client.SendAsync($"{i:D4}" + new string('x', i));
            }
        });
        for (var i = 0; i < 1000; i++)
        {
            var reply = await client.ReceiveTextAsync().AsTask().WaitAsync(Limit);
            Assert.Equal(new string('x', i) + string.Concat($"{i:D4}".Reverse()), reply);
        }

        await sending;
    }

    [Fact]
    public async Task Send_OverTheLimit_IsATypedErrorAndTheConnectionGoesOn()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions { MaxMessageBytes = 4 });
        await using var listener = await transport.ListenAsync(Name, _handler);
        await using var client = await transport.ConnectAsync(Name);

        await Assert.ThrowsAsync<MessageTooLongException>(() => client.SendAsync("12345").AsTask());
        await client.SendAsync("1234");
        Assert.Equal("4321", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Theory]
    [InlineData("5:12345,", CloseReason.MessageTooLong)]
    [InlineData("99999999999:", CloseReason.MalformedMessage)]
    [InlineData("-1:,", CloseReason.MalformedMessage)]
    [InlineData("3:abc!", CloseReason.MalformedMessage)]
    public async Task Receive_BadBytes_ClosesOnlyThatConnection(string bytes, CloseReason expected)
    {
        var options = new ChannelTransportOptions { Framing = new UnwrittenNetstrings(), MaxMessageBytes = 4 };
        var transport = new ChannelTransport(options);
        await using var listener = await transport.ListenAsync(Name, _handler);
        await using var good = await transport.ConnectAsync(Name);
        await using var bad = await transport.ConnectAsync(Name);

        foreach (var piece in bytes.Chunk(4))
        {
            await bad.SendAsync(new string(piece));
        }

        Assert.Equal(expected, await _handler.Gone.WaitAsync(Limit));
        Assert.False(good.Completion.IsCompleted);

        // The reply is written without its frame too, so that the client refuses it: which shows that it came.
        await good.SendAsync("1:");
        await good.SendAsync("a,");
        Assert.Equal(CloseReason.MalformedMessage, await good.Completion.WaitAsync(Limit));
    }

    [Fact]
    public async Task Dispose_ByTheClient_IsSeenByTheObserver()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions());
        await using var listener = await transport.ListenAsync(Name, _handler);
        var client = await transport.ConnectAsync(Name);
        await client.SendAsync("abc");
        Assert.Equal("cba", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
        Assert.Equal(1, _handler.Connected);

        await client.DisposeAsync();

        Assert.Equal(CloseReason.LocalClosed, await client.Completion.WaitAsync(Limit));
        Assert.Equal(CloseReason.RemoteClosed, await _handler.Gone.WaitAsync(Limit));
    }

    [Fact]
    public async Task Abort_ByTheClient_IsAResetForTheListener()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions());
        await using var listener = await transport.ListenAsync(Name, _handler);
        await using var client = await transport.ConnectAsync(Name);
        await client.SendAsync("abc");
        Assert.Equal("cba", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));

        client.Abort();

        Assert.Equal(CloseReason.Aborted, await client.Completion.WaitAsync(Limit));
        Assert.Equal(CloseReason.RemoteReset, await _handler.Gone.WaitAsync(Limit));
    }

    [Fact]
    public async Task Stop_WhileAHandlerRuns_LetsItReplyFirst()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var transport = new ChannelTransport(new ChannelTransportOptions());
        await using var listener = await transport.ListenAsync(Name, MessageHandler.Create(async (message, token) =>
        {
            entered.SetResult();
            await leave.Task;
            await message.ReplyAsync("done", token);
        }));
        await using var client = await transport.ConnectAsync(Name);
        await client.SendAsync("work");
        await entered.Task.WaitAsync(Limit);

        var stopping = listener.StopAsync().AsTask();
        Assert.False(stopping.IsCompleted);
        leave.SetResult();

        Assert.Equal("done", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
        await stopping.WaitAsync(Limit);
        await listener.Completion.WaitAsync(Limit);
        Assert.Equal(CloseReason.RemoteClosed, await client.Completion.WaitAsync(Limit));
    }

    [Fact]
    public async Task Stop_WithADeadlineThatHasPassed_Aborts()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var transport = new ChannelTransport(new ChannelTransportOptions());
        await using var listener = await transport.ListenAsync(Name, MessageHandler.Create(async (_, token) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        }));
        await using var client = await transport.ConnectAsync(Name);
        await client.SendAsync("work");
        await entered.Task.WaitAsync(Limit);

        await listener.StopAsync(new CancellationToken(canceled: true)).AsTask().WaitAsync(Limit);

        Assert.Equal(CloseReason.RemoteReset, await client.Completion.WaitAsync(Limit));
    }

    [Fact]
    public async Task StartStopStart_OnTheSameName_Works()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions());
        for (var i = 0; i < 3; i++)
        {
            await using var listener = await transport.ListenAsync(Name, _handler);
            await using var client = await transport.ConnectAsync(Name);
            await client.SendAsync("abc");
            Assert.Equal("cba", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
        }

        await Assert.ThrowsAsync<ConnectionFailedException>(() => transport.ConnectAsync(Name).AsTask());
    }

    [Fact]
    public async Task Handler_Faults_ClosesOnlyItsConnection()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions());
        var picky = MessageHandler.FromText(text => text == "bad" ? throw new InvalidOperationException(text) : text);
        await using var listener = await transport.ListenAsync(Name, picky);
        await using var good = await transport.ConnectAsync(Name);
        await using var bad = await transport.ConnectAsync(Name);

        await bad.SendAsync("bad");
        await Assert.ThrowsAsync<ConnectionClosedException>(
            () => bad.ReceiveAsync().AsTask().WaitAsync(Limit));

        await good.SendAsync("good");
        Assert.Equal("good", await good.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Connect_NobodyListens_FailsWithATypedError()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions());
        await Assert.ThrowsAsync<ConnectionFailedException>(() => transport.ConnectAsync(Name).AsTask());
    }

    [Fact]
    public async Task Listen_NameIsTaken_FailsWithATypedError()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions());
        await using var listener = await transport.ListenAsync(Name, _handler);
        await Assert.ThrowsAsync<AddressInUseException>(() => transport.ListenAsync(Name, _handler).AsTask());
    }

    [Fact]
    public async Task Listen_ForeignEndPoint_IsAnArgumentError()
    {
        var transport = new ChannelTransport(new ChannelTransportOptions());
        var foreign = new IPEndPoint(IPAddress.Loopback, 0);
        await Assert.ThrowsAsync<ArgumentException>(() => transport.ListenAsync(foreign, _handler).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => transport.ConnectAsync(foreign).AsTask());
    }

    /// <summary>Reads netstrings and writes what it is given: sends bytes that no peer should.</summary>
    private sealed class UnwrittenNetstrings : MessageFraming
    {
        private readonly NetstringFraming _netstrings = new();

        public override FrameStatus Read(
            ReadOnlySpan<byte> buffer, bool endOfStream, int maxMessageBytes, ref int examined, out MessageFrame frame)
        {
            return _netstrings.Read(buffer, endOfStream, maxMessageBytes, ref examined, out frame);
        }
    }
}

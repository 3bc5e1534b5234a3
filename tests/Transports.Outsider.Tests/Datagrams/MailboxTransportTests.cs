using Transports;

namespace Outsider;

/// <summary>What an outsider's own datagram service gets for nothing from the base class.</summary>
public sealed class MailboxTransportTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly MailboxEndPoint Name = new("outsider");

    private readonly ReverseHandler _handler = new();

    [Fact]
    public void Capabilities_SayWhatDatagramsPromise() => Assert.Equal(
        new TransportCapabilities("mailbox", true, false, false, false, 1000),
        new MailboxTransport(new MailboxTransportOptions { MaxMessageBytes = 1000 }).Capabilities);

    [Fact]
    public void EndPoint_GoesThroughASocketAddressAndBack() =>
        Assert.Equal(new MailboxEndPoint("größe"), Name.Create(new MailboxEndPoint("größe").Serialize()));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a longer one")]
    public async Task Echo_OneDatagram_IsOneMessage(string text)
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        await using var listener = await transport.ListenAsync(Name, _handler);
        await using var client = await transport.ConnectAsync(Name);

        await client.SendAsync(text);

        Assert.Equal(string.Concat(text.Reverse()), await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Echo_ManyInARow_KeepsBoundaries()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        await using var listener = await transport.ListenAsync(Name, _handler);
        await using var client = await transport.ConnectAsync(Name);

        // No more at once than a mailbox holds: nothing else would be lost here.
        for (var round = 0; round < 100; round++)
        {
            await client.SendAsync(new string('a', round) + "!");
            await client.SendAsync(new string('b', round) + "!");
            string[] replies =
            [
                await client.ReceiveTextAsync().AsTask().WaitAsync(Limit),
                await client.ReceiveTextAsync().AsTask().WaitAsync(Limit),
            ];
            Assert.Equal(["!" + new string('a', round), "!" + new string('b', round)], replies.Order());
        }
    }

    [Fact]
    public async Task Message_SaysWhoSentIt()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        await using var listener = await transport.ListenAsync(Name, MessageHandler.Create((message, token) =>
            message.ReplyAsync($"{message.RemoteEndPoint} to {message.LocalEndPoint}", token)));
        await using var client = await transport.ConnectAsync(Name);

        await client.SendAsync("who am I?");

        Assert.Equal(
            "client-1 to outsider", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
        Assert.Equal(Name, client.RemoteEndPoint);
        Assert.Equal(new MailboxEndPoint("client-1"), client.LocalEndPoint);
    }

    [Fact]
    public async Task Push_ThroughTheViewOfAPeer_ReachesIt()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        await using var listener = await transport.ListenAsync(Name, MessageHandler.Create((message, token) =>
            message.Connection.SendAsync("pushed", token)));
        await using var client = await transport.ConnectAsync(Name);

        await client.SendAsync("hello");

        Assert.Equal("pushed", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Send_OverTheLimit_IsATypedErrorAndTheConnectionGoesOn()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions { MaxMessageBytes = 4 });
        await using var listener = await transport.ListenAsync(Name, _handler);
        await using var client = await transport.ConnectAsync(Name);

        await Assert.ThrowsAsync<MessageTooLongException>(() => client.SendAsync("12345").AsTask());
        await client.SendAsync("1234");
        Assert.Equal("4321", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Receive_FromAThirdParty_IsDropped()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        await using var listener = await transport.ListenAsync(Name, _handler);
        await using var client = await transport.ConnectAsync(Name);
        await using var stranger = await transport.ConnectAsync(client.LocalEndPoint);

        await stranger.SendAsync("not from the server");
        await client.SendAsync("abc");

        Assert.Equal("cba", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Send_NobodyIsThere_IsLostAndTheConnectionGoesOn()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        await using var client = await transport.ConnectAsync(Name);
        await client.SendAsync("lost");

        await using var listener = await transport.ListenAsync(Name, _handler);
        await client.SendAsync("abc");

        Assert.Equal("cba", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Handler_Faults_LosesOnlyThatDatagram()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        var picky = MessageHandler.FromText(text => text == "bad" ? throw new InvalidOperationException(text) : text);
        await using var listener = await transport.ListenAsync(Name, picky);
        await using var client = await transport.ConnectAsync(Name);

        await client.SendAsync("bad");
        await client.SendAsync("good");

        Assert.Equal("good", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Handler_Waits_DoesNotHoldUpOthers()
    {
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var transport = new MailboxTransport(new MailboxTransportOptions());
        await using var listener = await transport.ListenAsync(Name, MessageHandler.Create(async (message, token) =>
        {
            if (message.Payload.IsEmpty)
            {
                await leave.Task;
            }

            await message.ReplyAsync(message.Payload.Span, token);
        }));
        await using var slow = await transport.ConnectAsync(Name);
        await using var quick = await transport.ConnectAsync(Name);

        await slow.SendAsync("");
        await quick.SendAsync("quick");
        Assert.Equal("quick", await quick.ReceiveTextAsync().AsTask().WaitAsync(Limit));

        leave.SetResult();
        Assert.Equal("", await slow.ReceiveTextAsync().AsTask().WaitAsync(Limit));
    }

    [Fact]
    public async Task Stop_WhileAHandlerRuns_LetsItReplyFirst()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leave = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var transport = new MailboxTransport(new MailboxTransportOptions());
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
    }

    [Fact]
    public async Task StartStopStart_OnTheSameName_Works()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        for (var i = 0; i < 3; i++)
        {
            await using var listener = await transport.ListenAsync(Name, _handler);
            await Assert.ThrowsAsync<AddressInUseException>(() => transport.ListenAsync(Name, _handler).AsTask());
            await using var client = await transport.ConnectAsync(Name);
            await client.SendAsync("abc");
            Assert.Equal("cba", await client.ReceiveTextAsync().AsTask().WaitAsync(Limit));
        }
    }

    [Fact]
    public async Task Listen_ForeignEndPoint_IsAnArgumentError()
    {
        var transport = new MailboxTransport(new MailboxTransportOptions());
        var foreign = new InMemoryEndPoint("foreign");
        await Assert.ThrowsAsync<ArgumentException>(() => transport.ListenAsync(foreign, _handler).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => transport.ConnectAsync(foreign).AsTask());
    }
}

namespace Transports.ContractTests;

/// <summary>Arrival: however the network cuts or joins what is sent, the same messages come out.</summary>
public abstract partial class TransportContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(64)]
    public async Task Receive_FewBytesAtATime_MessagesAreWhole(int readBufferBytes)
    {
        var running = await StartAsync(Echo, settings => settings.ReadBufferBytes = readBufferBytes);

        foreach (var length in new[] { 0, 1, 2, 100, 0, 3000 })
        {
            Assert.Equal(Pattern(length, length), await AskAsync(running.Client, Pattern(length, length)));
        }
    }

    [Fact]
    public async Task Receive_ByteByByte_MessagesAreWhole()
    {
        var running = await StartAsync(Echo);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        byte[][] messages = [Pattern(3), [], Pattern(300, 1), Pattern(1, 2)];
        if (peer is RawStreamPeer stream)
        {
            foreach (var value in stream.Encode(messages))
            {
                await stream.WriteAsync(new[] { value }).Soon();
            }
        }
        else
        {
            // A datagram is never cut: it comes as it was sent.
            await peer.SendAsync(messages);
        }

        await AssertReceivesAsync(peer, messages);
    }

    [Fact]
    public async Task Receive_CutAtEveryByte_MessagesAreWhole()
    {
        var running = await StartAsync(Echo);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        byte[][] messages = [Pattern(40, 1), [], Pattern(130, 2)];
        if (peer is not RawStreamPeer stream)
        {
            await peer.SendAsync(messages);
            await AssertReceivesAsync(peer, messages);
            return;
        }

        var marker = Pattern(8);
        var wire = stream.Encode(messages);
        for (var cut = 1; cut < wire.Length; cut++)
        {
            // The marker's reply tells that what was written with it has been read: so the cut is really there.
            await stream.WriteAsync((byte[])[.. stream.Encode(marker), .. wire[..cut]]).Soon();
            Assert.Equal(marker, await stream.ReceiveAsync());
            await stream.WriteAsync(wire.AsMemory(cut)).Soon();
            await AssertReceivesAsync(stream, messages);
        }
    }

    [Fact]
    public async Task Receive_ManyInOneWrite_EachIsHandledOnce()
    {
        var running = await StartAsync(Echo);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        var messages = Enumerable.Range(0, Burst).Select(i => BitConverter.GetBytes(i)).ToArray();

        await peer.SendAsync(messages);

        await AssertReceivesAsync(peer, messages);
    }

    [Fact]
    public async Task Receive_ManyInOneWriteWithWaitingHandler_EachIsHandledOnce()
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            await Task.Yield();
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        var messages = Enumerable.Range(0, Burst).Select(i => Pattern(i % 100, i)).ToArray();

        await peer.SendAsync(messages);

        await AssertReceivesAsync(peer, messages);
    }

    [Fact]
    public async Task Receive_LargeAndSmallTogether_MessagesAreWhole()
    {
        var running = await StartAsync(Echo);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        byte[][] messages = [Pattern(20), Pattern(30_000, 1), [], Pattern(17_000, 2), Pattern(5, 3)];

        await peer.SendAsync(messages);

        await AssertReceivesAsync(peer, messages);
    }

    [Fact]
    public async Task Receive_LengthThatCannotBe_EndsThatPeerAlone()
    {
        var probe = new ProbeHandler();
        var running = await StartAsync(probe, settings => settings.MaxMessageBytes = 1000);
        var peer = await ConnectRawAsync(running.Transport, running.EndPoint);
        if (peer is RawStreamPeer stream)
        {
            await stream.WriteAsync(Enumerable.Repeat((byte)0xFF, 16).ToArray()).Soon();

            Assert.Contains(
                await probe.DisconnectedAsync(), new[] { CloseReason.MessageTooLong, CloseReason.MalformedMessage });
            Assert.Null(await peer.ReceiveAsync());
            Assert.DoesNotContain("message", probe.Events);
        }
        else
        {
            // There is no length to be wrong about: the same bytes are a message.
            await peer.SendAsync(Enumerable.Repeat((byte)0xFF, 16).ToArray());
            Assert.Equal(16, (await peer.ReceiveAsync())!.Length);
        }

        Assert.True(_pool.PeakBytes < 1_000_000);
        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Receive_PeerThatSaysNothing_HarmsNobody()
    {
        var running = await StartAsync(Echo);

        for (var i = 0; i < 20; i++)
        {
            await ConnectRawAsync(running.Transport, running.EndPoint);
        }

        await AssertEchoesAsync(running.Client);
    }

    /// <summary>How many messages may be under way at once without any being lost.</summary>
    private int Burst => Capabilities.IsReliable ? 1000 : 50;

    private async Task AssertReceivesAsync(RawPeer peer, byte[][] messages)
    {
        var received = new List<byte[]>();
        foreach (var unused in messages)
        {
            received.Add(await peer.ReceiveAsync() ?? throw new EndOfStreamException());
        }

        if (Capabilities.IsOrdered)
        {
            Assert.Equal(messages, received);
        }
        else
        {
            Assert.Equal(messages.Select(Convert.ToHexString).Order(), received.Select(Convert.ToHexString).Order());
        }
    }
}

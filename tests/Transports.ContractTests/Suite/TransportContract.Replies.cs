using System.Buffers;

namespace Transports.ContractTests;

/// <summary>Replies: none, one or many, in place or copied, and never half of one.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task Reply_Several_ArriveAsSeveralMessages()
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            for (var i = 0; i < 5; i++)
            {
                await context.ReplyAsync([(byte)i], cancellationToken);
            }
        }));

        await running.Client.SendAsync("go").Soon();

        var replies = new List<byte[]>();
        for (var i = 0; i < 5; i++)
        {
            replies.Add(await ReceiveAsync(running.Client));
        }

        var values = replies.Select(reply => (int)Assert.Single(reply));
        Assert.Equal(Enumerable.Range(0, 5), Capabilities.IsOrdered ? values : values.Order());
    }

    [Fact]
    public async Task Reply_None_NothingArrivesAndTheNextMessageIsHandled()
    {
        var running = await StartAsync(MessageHandler.Create((context, cancellationToken) =>
            context.Payload.Span[0] == 'q' ? default : context.ReplyAsync(context.Payload.Span, cancellationToken)));

        await running.Client.SendAsync("quiet").Soon();
        await running.Client.SendAsync("quiet").Soon();

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Reply_SentWithNothingWritten_ArrivesAsEmptyMessage()
    {
        var running = await StartAsync(MessageHandler.Create(
            (context, cancellationToken) => context.Reply.SendAsync(cancellationToken)));

        Assert.Empty(await AskAsync(running.Client, Pattern(10)));
        Assert.Empty(await AskAsync(running.Client, Pattern(10)));
    }

    [Fact]
    public async Task Reply_WrittenAndNeverSent_IsDiscarded()
    {
        var running = await StartAsync(MessageHandler.Create((context, cancellationToken) =>
        {
            if (context.Payload.Span[0] == 'w')
            {
                context.Reply.Write("never sent"u8);
                return default;
            }

            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));

        await running.Client.SendAsync("write").Soon();
        await AssertEchoesAsync(running.Client);
        await running.Client.SendAsync("write").Soon();

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Reply_OneSentThenAnotherBegun_OnlyTheSentOneArrives()
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
            context.Reply.Write("begun and left"u8);
        }));

        await AssertEchoesAsync(running.Client);

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Reply_WrittenInManyPieces_ArrivesAsOneMessage()
    {
        var expected = Pattern(30_000);
        var running = await StartAsync(MessageHandler.Create((context, cancellationToken) =>
        {
            var written = 0;
            for (var piece = 1; written < expected.Length; piece += 7)
            {
                var count = Math.Min(piece, expected.Length - written);
                expected.AsSpan(written, count).CopyTo(context.Reply.GetSpan(count));
                context.Reply.Advance(count);
                written += count;
            }

            return context.Reply.SendAsync(cancellationToken);
        }));

        Assert.Equal(expected, await AskAsync(running.Client, [1]));
        Assert.Equal(expected, await AskAsync(running.Client, [1]));
    }

    [Fact]
    public async Task Reply_WriterAskedForRoom_GivesAtLeastWhatWasAsked()
    {
        var running = await StartAsync(MessageHandler.Create((context, cancellationToken) =>
        {
            Assert.True(context.Reply.GetSpan().Length > 0);
            Assert.True(context.Reply.GetMemory().Length > 0);
            Assert.True(context.Reply.GetSpan(5000).Length >= 5000);
            Assert.True(context.Reply.GetMemory(6000).Length >= 6000);
            Assert.ThrowsAny<ArgumentException>(() => context.Reply.Advance(-1));
            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Reply_MuchLargerThanRequest_ArrivesWhole()
    {
        var largest = Pattern(Capabilities.MaxMessageBytes, 7);
        var running = await StartAsync(MessageHandler.Create(
            (context, cancellationToken) => context.ReplyAsync(largest, cancellationToken)));

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(largest, await AskAsync(running.Client, [1]));
        }
    }

    [Fact]
    public async Task Reply_AfterWaiting_Arrives()
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            context.Reply.Write(context.Payload.Span[..10]);
            await Task.Yield();
            context.Reply.Write(context.Payload.Span[10..]);
            await context.Reply.SendAsync(cancellationToken);
        }));

        for (var i = 0; i < 20; i++)
        {
            await AssertEchoesAsync(running.Client);
        }
    }

    [Fact]
    public async Task Reply_PartWrittenWhileAnotherThreadSends_IsNotTornApart()
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            context.Reply.Write("first half, "u8);
            await Task.Run(() => context.Connection.SendAsync("pushed", cancellationToken).AsTask(), cancellationToken);
            context.Reply.Write("second half"u8);
            await context.Reply.SendAsync(cancellationToken);
        }));

        await running.Client.SendAsync("go").Soon();

        var one = await running.Client.ReceiveTextAsync().Soon();
        var other = await running.Client.ReceiveTextAsync().Soon();
        Assert.Equal(["first half, second half", "pushed"], new[] { one, other }.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Connection_OfTheContext_SendsToThatPeer()
    {
        var running = await StartAsync(MessageHandler.Create((context, cancellationToken) =>
            context.Connection.SendAsync(context.Payload, cancellationToken)));
        var other = await ConnectAsync(running.Transport, running.EndPoint);

        await AssertEchoesAsync(running.Client);
        await AssertEchoesAsync(other);
        await AssertEchoesAsync(running.Client);
    }
}

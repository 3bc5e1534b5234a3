using Transports.Testing;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

/// <summary>Replies that are written one behind the other in memory that does not move.</summary>
public class DatagramArenaTests
{
    [Fact]
    public async Task Reply_BegunInTheBatchAndSentElsewhere_IsNotOverwrittenByTheNext()
    {
        using var sending = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        var channel = new FakeChannel
        {
            Pins = true,
            OnSend = batch =>
            {
                if (batch.Span[0].Payload.Span.SequenceEqual("mine"u8))
                {
                    sending.Release();
                    gate.Wait();
                }

                return new ValueTask<int>(batch.Length);
            },
        };
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync((context, token) =>
        {
            if (context.Text() != "first")
            {
                return context.ReplyAsync("others", token);
            }

            "mine"u8.CopyTo(context.Reply.GetSpan(4));
            context.Reply.Advance(4);
            var sent = Task.Run(() => context.Reply.SendAsync(token).AsTask(), token);
            sending.Wait(token);
            return new ValueTask(sent);
        });

        channel.ArriveTogether(new(Alice, "first"), new(Bob, "second"));

        Assert.Equal($"{Bob} others", (await channel.NextSentAsync()).ToString());
        gate.Set();
        Assert.Equal($"{Alice} mine", (await channel.NextSentAsync()).ToString());
    }

    [Fact]
    public async Task Replies_MoreThanTheArenaHolds_LeaveInPartsInsteadOfRentingBuffers()
    {
        const int Count = 200;
        var pool = new CountingBufferPool();
        var channel = new FakeChannel { Pins = true, Lends = true, Batch = Count };
        var transport = new FakeDatagramTransport(channel, new FakeOptions { BufferPool = pool, MaxReplyFactor = 0 });
        var reply = new byte[1200];
        await using var listener = await transport.ListenAsync((context, token) =>
        {
            reply.CopyTo(context.Reply.GetSpan(reply.Length));
            context.Reply.Advance(reply.Length);
            return context.Reply.SendAsync(token);
        });

        channel.ArriveTogether([.. Enumerable.Repeat(new FakeDatagram(Alice, "?"), Count)]);

        var sent = await channel.NextSentAsync(Count);
        Assert.All(sent, datagram => Assert.Equal(reply, datagram.Payload));
        Assert.Equal(0, pool.Rented);
    }
}

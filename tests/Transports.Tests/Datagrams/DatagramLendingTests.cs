using Transports.Testing;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

/// <summary>A channel lends what it has received: who goes on with a message keeps it, nobody else copies it.</summary>
public class DatagramLendingTests
{
    [Fact]
    public async Task Payload_OfAHandlerThatGoesOn_IsNotOverwritten()
    {
        var channel = new FakeChannel { Pins = true, Lends = true };
        var held = new TaskCompletionSource();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync(async (context, token) =>
        {
            var (payload, text) = (context.Payload, context.Text());
            if (text.StartsWith("hold", StringComparison.Ordinal))
            {
                await held.Task;
                Assert.Equal(payload, context.Payload);
            }

            await context.ReplyAsync(payload.Span, token);
        });

        // The same peer's lie in one buffer, of which one part is kept and the other is not; twice, as a slot that was
        // kept once gets a buffer of its own.
        for (var round = 0; round < 2; round++)
        {
            channel.ArriveTogether(new(Alice, "now"), new(Alice, $"hold {round}"), new(Bob, "now"));
            Assert.Equal(2, (await channel.NextSentAsync(2)).Count(reply => reply.Text == "now"));
        }

        for (var number = 0; number < 20; number++)
        {
            channel.ArriveTogether(new(Carol, "a"), new(Carol, "b"), new(Carol, "c"), new(Bob, "d"));
            await channel.NextSentAsync(4);
        }

        held.SetResult();
        Assert.Equal(
            [$"{Alice} hold 0", $"{Alice} hold 1"],
            (await channel.NextSentAsync(2)).Select(reply => reply.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task View_OfAPeer_OutlivesWhatWasLent()
    {
        var channel = new FakeChannel { Pins = true, Lends = true };
        var peers = new TaskCompletionSource<IConnection>();
        await using var listener = await new FakeDatagramTransport(channel).ListenAsync((context, token) =>
        {
            peers.TrySetResult(context.Connection);
            return context.ReplyAsync(context.Payload.Span, token);
        });
        channel.Arrive(Alice, "x");
        await channel.NextSentAsync();
        channel.ArriveTogether(new(Bob, "y"), new(Bob, "z"));
        await channel.NextSentAsync(2);

        await (await peers.Task.Soon()).SendAsync("n");

        Assert.Equal($"{Alice} n", (await channel.NextSentAsync()).ToString());
    }

    [Fact]
    public async Task Messages_HandledAtOnce_AreReadWhereTheyWereReceived()
    {
        var pool = new CountingBufferPool();
        var channel = new FakeChannel { Pins = true, Lends = true };
        var transport = new FakeDatagramTransport(channel, new FakeOptions { BufferPool = pool });
        await using var listener = await transport.ListenAsync(Handlers.Echo);

        channel.ArriveTogether(new(Alice, "a"), new(Alice, ""), new(Bob, "b"));

        Assert.Equal(3, (await channel.NextBatchAsync()).Length);
        Assert.Equal(0, pool.Rented);
    }
}

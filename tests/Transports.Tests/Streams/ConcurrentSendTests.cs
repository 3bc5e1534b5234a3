using System.Text;
using Transports.Testing;

namespace Transports.Tests.Streams;

/// <summary>
/// Many send on one connection at once, beside the handler's replies, and the stream takes some at once and some later.
/// A send begins and ends without a lock unless another is to follow: here most are followed, at any moment.
/// </summary>
public class ConcurrentSendTests
{
    private const int Senders = 3;
    private const int Messages = 1_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Sends_OfManyBesideReplies_NeverOverlapAndLoseNothing(int seed)
    {
        var pool = new CountingBufferPool();
        var transport = new ScriptedTransport(new ScriptedOptions { OutputHighWaterBytes = 256, BufferPool = pool });
        var accepted = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = await transport.ListenAsync(MessageHandler.Create((context, token) =>
        {
            accepted.TrySetResult(context.Connection);
            return context.ReplyAsync(context.Payload.Span, token);
        }));
        var peer = transport.Arrive();
        peer.AfterSend = AtRandom(new Random(seed));
        peer.Feed("0.0\n"u8);
        var connection = await accepted.Task.WaitAsync(ScriptedTransport.Patience);

        var sending = Enumerable.Range(1, Senders).Select(sender => Task.Run(() => SendAllAsync(connection, sender)));
        var feeding = Task.Run(() => FeedAllAsync(peer));
        await Task.WhenAll([.. sending, feeding]).WaitAsync(ScriptedTransport.Patience);
        peer.FeedEnd();
        await peer.Disposed.Task.WaitAsync(ScriptedTransport.Patience);

        Assert.Equal(0, peer.Violations);
        var lines = Encoding.ASCII.GetString(peer.Sent).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var sender in Enumerable.Range(0, Senders + 1))
        {
            Assert.Equal(
                Enumerable.Range(0, Messages).Select(i => $"{sender}.{i}"),
                lines.Where(line => line.StartsWith($"{sender}.", StringComparison.Ordinal)));
        }

        await pool.WhenAllReturnedAsync();
    }

    [Fact]
    public async Task Abort_AtAnyMoment_LetsNoSendBeginOnAReleasedStream()
    {
        for (var round = 0; round < 300; round++)
        {
            var transport = new ScriptedTransport();
            var connection = await transport.ConnectAsync();
            transport.Next.AfterSend = AtRandom(new Random(round));
            var sending = Enumerable.Range(1, Senders).Select(sender =>
                Task.Run(() => Assert.ThrowsAsync<ConnectionClosedException>(async () =>
                {
                    while (true)
                    {
                        await SendAllAsync(connection, sender);
                    }
                }))).ToArray();

            await transport.Next.WhenSendsAsync(1 + (round % 20));
            connection.Abort();

            await Task.WhenAll(sending).WaitAsync(ScriptedTransport.Patience);
            await transport.Next.Disposed.Task.WaitAsync(ScriptedTransport.Patience);
            Assert.Equal(0, transport.Next.Violations);
        }
    }

    /// <summary>One send in three is taken later, the others at once.</summary>
    private static Func<Task> AtRandom(Random random) =>
        () => random.Next(3) == 0 ? Task.Run(static () => { }) : Task.CompletedTask;

    private static async Task SendAllAsync(IConnection connection, int sender)
    {
        for (var i = 0; i < Messages; i++)
        {
            await connection.SendAsync($"{sender}.{i}");
        }
    }

    /// <summary>The replies are those of sender 0, whose first message was fed before.</summary>
    private static async Task FeedAllAsync(ScriptedByteStream peer)
    {
        for (var i = 1; i < Messages; i++)
        {
            peer.Feed(Encoding.ASCII.GetBytes($"0.{i}\n"));
            if (i % 10 == 0)
            {
                await Task.Yield();
            }
        }
    }
}

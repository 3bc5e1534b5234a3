using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Transports.Tests.Requests;

/// <summary>Which reply is whose.</summary>
public class PipelinedOrderTests : PipelinedTestBase
{
    [Fact]
    public async Task RequestAsync_FirstUse_ConnectsOnce()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;

        var second = await SendAsync(client, connection, "again");
        connection.Reply("AGAIN");

        Assert.Equal("AGAIN", await second.Soon());
        Assert.Equal(1, Transport.Attempts);
    }

    [Fact]
    public async Task RequestAsync_ManyOutstanding_GetRepliesInOrder()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;

        var first = await SendAsync(client, connection, "1");
        var second = await SendAsync(client, connection, "2");
        var third = await SendAsync(client, connection, "3");
        connection.Reply("a");
        connection.Reply("b");
        connection.Reply("");

        Assert.Equal(["a", "b", ""], await Task.WhenAll(first, second, third).Soon());
    }

    [Fact]
    public async Task RequestAsync_ThousandCallersAtOnce_EachGetsItsOwnReply()
    {
        Transport.Connected = connection => connection.Sending = (text, _) =>
        {
            // Some are sent at once, others after a wait: the pump must keep the order either way.
            return text.EndsWith('7') ? Task.Run(() => { }, CancellationToken.None) : Task.CompletedTask;
        };
        await using var client = MakeClient();
        using var start = new ManualResetEventSlim();
        var callers = Enumerable.Range(0, 1000).Select(number => Task.Run(async () =>
        {
            start.Wait();
            return await client.RequestAsync($"{number}") == $"reply to {number}";
        })).ToArray();
        var peer = Task.Run(async () =>
        {
            var connection = await Transport.NextConnectionAsync();
            for (var count = 0; count < callers.Length; count++)
            {
                connection.Reply($"reply to {await connection.NextSentAsync()}");
            }
        });

        start.Set();

        Assert.All(await Task.WhenAll(callers).Soon(), Assert.True);
        await peer.Soon();
        Assert.Equal(1, Transport.Attempts);
    }

    [Fact]
    public async Task RequestAsync_OneCallerDoesNotWaitForReplies_SendsInOrderOfCalls()
    {
        var connecting = new TaskCompletionSource();
        Transport.Connecting = (_, _) => connecting.Task;
        await using var client = MakeClient();
        var requests = Enumerable.Range(0, 100).Select(number => client.RequestAsync($"{number}").AsTask()).ToArray();

        connecting.SetResult();

        var connection = await Transport.NextConnectionAsync();
        for (var number = 0; number < requests.Length; number++)
        {
            Assert.Equal($"{number}", await connection.NextSentAsync());
            connection.Reply($"{number}");
            Assert.Equal($"{number}", await requests[number].Soon());
        }
    }

    [Fact]
    public async Task RequestAsync_ReplyComesBeforeTheSendEnds_IsHeldUntilItEnds()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var sending = new TaskCompletionSource();
        var received = new TaskCompletionSource();
        connection.Sending = (_, _) => sending.Task;
        connection.Receiving = () => received.TrySetResult();
        var request = client.RequestAsync("early").AsTask();

        connection.Reply("EARLY");
        await received.Task.Soon();
        Assert.False(request.IsCompleted);
        sending.SetResult();

        Assert.Equal("EARLY", await request.Soon());
    }

    [Fact]
    public async Task RequestAsync_Reply_BelongsToTheCaller()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;

        var first = client.RequestAsync(new byte[] { 1 }).AsTask();
        connection.Reply("one");
        var reply = await first.Soon();
        var second = client.RequestAsync(new byte[] { 2 }).AsTask();
        connection.Reply("two");
        await second.Soon();

        Assert.Equal("one", Encoding.UTF8.GetString(reply.Span));
    }

    [Fact]
    public async Task RequestAsync_BufferWriter_GetsTheReply()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var writer = new ArrayBufferWriter<byte>();

        var request = client.RequestAsync("ask"u8.ToArray(), writer).AsTask();
        connection.Reply("answer");

        Assert.Equal(6, await request.Soon());
        Assert.Equal("answer", Encoding.UTF8.GetString(writer.WrittenSpan));
    }

    [Fact]
    public async Task RequestAsync_Text_IsUtf8BothWays()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;

        var request = await SendAsync(client, connection, "grüß");
        connection.Reply("GRÜSS");

        Assert.Equal("GRÜSS", await request.Soon());
    }

    [Fact]
    public async Task RequestAsync_OverTheLimit_FailsBeforeAnythingIsSent()
    {
        await using var client = MakeClient();

        var error = await client.RequestAsync(new byte[1001]).AsTask().Throws<MessageTooLongException>();

        Assert.Equal((1001, 1000), (error.Length, error.Limit));
        Assert.Equal(0, Transport.Attempts);
    }

    [Fact]
    public async Task RequestAsync_FramingCannotCarryIt_FailsAloneAndTheConnectionLives()
    {
        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var before = await SendAsync(client, connection, "before");
        connection.Sending = (text, _) =>
            text == "bad" ? throw new ArgumentException("It contains the delimiter.") : Task.CompletedTask;

        await client.RequestAsync("bad").AsTask().Throws<ArgumentException>();
        var after = await SendAsync(client, connection, "after");
        connection.Reply("BEFORE");
        connection.Reply("AFTER");

        Assert.Equal(["BEFORE", "AFTER"], await Task.WhenAll(before, after).Soon());
    }

    [Fact]
    public async Task ReceiveLoop_OpenedWithinAnActivity_DoesNotCarryItAlong()
    {
        using var activity = new Activity("caller").Start();
        var seen = new ConcurrentQueue<Activity?>();
        Transport.Connected = connection => connection.Receiving = () => seen.Enqueue(Activity.Current);

        var (client, connection) = await ConnectAsync();
        await using var _ = client;
        var second = await SendAsync(client, connection, "again");
        connection.Reply("AGAIN");
        await second.Soon();

        Assert.True(seen.Count >= 2);
        Assert.All(seen, Assert.Null);
    }
}

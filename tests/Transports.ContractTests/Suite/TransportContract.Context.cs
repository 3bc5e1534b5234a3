using System.Net;

namespace Transports.ContractTests;

/// <summary>The context: tells who asked, and is dead once its message is done with.</summary>
public abstract partial class TransportContract
{
    [Fact]
    public async Task Context_WhileHandling_TellsBothEndPoints()
    {
        var seen = new TaskCompletionSource<EndPoint[]>();
        var running = await StartAsync(MessageHandler.Create((context, cancellationToken) =>
        {
            seen.TrySetResult(
            [
                context.LocalEndPoint,
                context.RemoteEndPoint,
                context.Connection.LocalEndPoint,
                context.Connection.RemoteEndPoint,
            ]);
            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));

        await AssertEchoesAsync(running.Client);

        var endPoints = await seen.Task.Soon();
        Assert.Equal(running.EndPoint, running.Client.RemoteEndPoint);
        Assert.Equal(running.EndPoint, endPoints[0]);
        Assert.Equal(running.Client.LocalEndPoint.ToString(), endPoints[1].ToString());
        Assert.Equal(endPoints[..2], endPoints[2..]);
    }

    [Fact]
    public async Task Context_AfterItsEnd_EveryMemberThrows()
    {
        var kept = new TaskCompletionSource<(MessageContext Context, MessageWriter Reply)>();
        var running = await StartAsync(MessageHandler.Create((context, cancellationToken) =>
        {
            kept.TrySetResult((context, context.Reply));
            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        await AssertEchoesAsync(running.Client);

        var (context, reply) = await kept.Task.Soon();

        // The reply may arrive just before the handler's task is seen to have ended.
        await Patience.UntilAsync(() => IsOver(context), "the context to end");
        await AssertEndedAsync(() => context.Payload);
        await AssertEndedAsync(() => context.RemoteEndPoint);
        await AssertEndedAsync(() => context.LocalEndPoint);
        await AssertEndedAsync(() => context.Connection);
        await AssertEndedAsync(() => context.Reply);
        await AssertEndedAsync(() => context.ReplyAsync("late"u8.ToArray()).AsTask());
        await AssertEndedAsync(() => reply.GetMemory());
        await AssertEndedAsync(() => reply.GetSpan().Length);
        await AssertEndedAsync(() =>
        {
            reply.Advance(0);
            return reply;
        });
        await AssertEndedAsync(() => reply.SendAsync().AsTask());
        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Context_AfterAnAsynchronousEnd_Throws()
    {
        var kept = new TaskCompletionSource<MessageContext>();
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            await Task.Yield();
            kept.TrySetResult(context);
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        await AssertEchoesAsync(running.Client);
        var context = await kept.Task.Soon();

        await Patience.UntilAsync(() => IsOver(context), "the context to end");

        Assert.Throws<ObjectDisposedException>(() => context.Payload);
    }

    [Fact]
    public async Task Context_Connection_RefusesToReceive()
    {
        var running = await StartAsync(MessageHandler.Create(async (context, cancellationToken) =>
        {
            await Assert.ThrowsAsync<InvalidOperationException>(
                async () => await context.Connection.ReceiveAsync(cancellationToken));
            await context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));

        await AssertEchoesAsync(running.Client);
    }

    [Fact]
    public async Task Connection_Ids_AreUnique()
    {
        var ids = new List<string>();
        var running = await StartAsync(MessageHandler.Create((context, cancellationToken) =>
        {
            ids.Add(context.Connection.Id);
            return context.ReplyAsync(context.Payload.Span, cancellationToken);
        }));
        ids.Add(running.Client.Id);
        await AssertEchoesAsync(running.Client);
        var other = await ConnectAsync(running.Transport, running.EndPoint);
        await AssertEchoesAsync(other);
        ids.Add(other.Id);

        Assert.Equal(4, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(ids, string.IsNullOrEmpty);
    }

    /// <summary>It throws, and says so in words of the public contract.</summary>
    private static async Task AssertEndedAsync<T>(Func<T> use)
    {
        var exception = await Assert.ThrowsAsync<ObjectDisposedException>(
            () => use() as Task ?? Task.CompletedTask);
        Assert.Equal(nameof(MessageContext), exception.ObjectName);
        Assert.Contains("until the task of HandleAsync ends", exception.Message, StringComparison.Ordinal);
    }

    private static bool IsOver(MessageContext context)
    {
        try
        {
            return context.Payload.Length < 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}

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
        Assert.Throws<ObjectDisposedException>(() => context.Payload);
        Assert.Throws<ObjectDisposedException>(() => context.RemoteEndPoint);
        Assert.Throws<ObjectDisposedException>(() => context.LocalEndPoint);
        Assert.Throws<ObjectDisposedException>(() => context.Connection);
        Assert.Throws<ObjectDisposedException>(() => context.Reply);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await context.ReplyAsync("late"u8.ToArray()));
        Assert.Throws<ObjectDisposedException>(() => reply.GetSpan());
        Assert.Throws<ObjectDisposedException>(() => reply.GetMemory());
        Assert.Throws<ObjectDisposedException>(() => reply.Advance(0));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reply.SendAsync());
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

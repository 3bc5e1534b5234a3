using Transports.Requests;
using Transports.Testing;

namespace Transports.Operations.Tests.Faults;

/// <summary>The wall clock jumps, as when somebody sets it; only elapsed time counts, so nobody notices.</summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(-3650)]
    [InlineData(3650)]
    public async Task WallClock_Jumps_TimeoutsTakeAsLongAsEver(int days)
    {
        var time = new JumpingClock();
        var transport = new InMemoryTransport(new() { IdleTimeout = TimeSpan.FromSeconds(60) }, null, time);
        var handler = new RecordingHandler(MessageHandler.Create((context, token) =>
            context.Payload.Span.SequenceEqual("never"u8)
                ? new ValueTask(Task.Delay(Timeout.Infinite, token))
                : context.ReplyAsync(context.Payload.Span, token)));
        var endPoint = new InMemoryEndPoint("clock");
        var listener = await transport.ListenAsync(endPoint, handler);
        await using var idle = await transport.ConnectAsync(endPoint);
        await using var client = new RequestClient(
            transport, endPoint, new() { Timeout = TimeSpan.FromSeconds(10) }, timeProvider: time);
        var never = client.RequestAsync("never").AsTask();
        await handler.WaitForMessagesAsync(1);

        time.Jump(TimeSpan.FromDays(days));

        time.Virtual.Advance(TimeSpan.FromSeconds(9));
        Assert.False(never.IsCompleted);
        time.Virtual.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<RequestTimeoutException>(() => never.WaitAsync(Limit));
        Assert.False(idle.Completion.IsCompleted);
        var gone = idle.Completion.WaitAsync(Limit);
        while (!gone.IsCompleted)
        {
            // Its silence began when the server had welcomed it, perhaps only after the clock was moved.
            time.Virtual.Advance(TimeSpan.FromSeconds(60));
            await Task.Yield();
        }

        Assert.Equal(CloseReason.RemoteClosed, await gone);
        await using var next = await transport.ConnectAsync(endPoint);
        await next.SendAsync("hello");
        Assert.Equal("hello", await next.ReceiveTextAsync().AsTask().WaitAsync(Limit));

        // Nobody moves the clock any more, so nothing may wait for it.
        await listener.StopAsync(new CancellationToken(canceled: true));
    }

    /// <summary>A virtual clock whose wall time can be set, back and forth, while elapsed time goes on.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private TimeSpan _offset;

        public VirtualTimeProvider Virtual { get; } = new();

        public override long TimestampFrequency => Virtual.TimestampFrequency;

        public void Jump(TimeSpan by) => _offset += by;

        public override DateTimeOffset GetUtcNow() => Virtual.GetUtcNow() + _offset;

        public override long GetTimestamp() => Virtual.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            Virtual.CreateTimer(callback, state, dueTime, period);
    }
}

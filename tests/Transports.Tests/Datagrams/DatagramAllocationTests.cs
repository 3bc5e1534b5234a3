using System.Buffers;
using System.Net;
using static Transports.Tests.Datagrams.FakeDatagram;

namespace Transports.Tests.Datagrams;

// Serial: a listener to spans or metrics in another test would make every message of this one cost something.
[Collection(SerialTests.Name)]
public class DatagramAllocationTests
{
    private const int Warm = 10_000;
    private const int Measured = 100_000;

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public async Task Handle_OnceWarm_AllocatesNothing(int batchSize)
    {
        var channel = new EndlessChannel(batchSize, Warm + Measured);
        var done = new TaskCompletionSource<long>();
        var handled = 0;
        long before = 0;
        await using var listener = await new EndlessTransport(channel).ListenAsync(
            channel.LocalEndPoint,
            MessageHandler.Create((context, token) =>
            {
                // The loop stays on its thread as long as nothing has to wait.
                if (++handled == Warm)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }
                else if (handled == Warm + Measured)
                {
                    done.SetResult(GC.GetAllocatedBytesForCurrentThread() - before);
                }

                return context.ReplyAsync(context.Payload.Span, token);
            }));

        Assert.Equal(0, await done.Task.Soon());
        await channel.Exhausted.Soon();
        Assert.Equal(Warm + Measured, channel.Sent);
    }

    [Fact]
    public async Task Buffers_AllComeBack_HoweverHandlersEnd()
    {
        var pool = new CountingPool();
        var channel = new FakeChannel();
        var gate = new TaskCompletionSource();
        var listener = await new FakeDatagramTransport(channel, new FakeOptions { BufferPool = pool }).ListenAsync(
            async (context, token) =>
            {
                context.Reply.GetSpan(10_000)[0] = 1;
                context.Reply.Advance(1);
                switch (context.Text())
                {
                    case "wait":
                        await gate.Task;
                        await context.Reply.SendAsync(token);
                        break;
                    case "reply":
                        await context.Reply.SendAsync(token);
                        context.Reply.GetSpan(5000);
                        break;
                    case "fault":
                        throw new InvalidOperationException("broken");
                    default:
                        break;
                }
            });
        var client = await new FakeDatagramTransport(new FakeChannel(), new FakeOptions { BufferPool = pool })
            .ConnectAsync(Alice);

        for (var index = 0; index < 100; index++)
        {
            channel.ArriveTogether(new(Alice, "wait"), new(Alice, "reply"), new(Alice, "fault"), new(Alice, "none"));
            await channel.NextBatchAsync();
        }

        Assert.True(pool.Rented > 200, "a handler that waits keeps its buffers");
        gate.SetResult();
        await listener.StopAsync();
        await client.DisposeAsync();

        Assert.Equal(0, pool.Rented);
    }

    private sealed class CountingPool : ArrayPool<byte>
    {
        private int _rented;

        public int Rented => Volatile.Read(ref _rented);

        public override byte[] Rent(int minimumLength)
        {
            Interlocked.Increment(ref _rented);
            return Shared.Rent(minimumLength);
        }

        public override void Return(byte[] array, bool clearArray = false)
        {
            Interlocked.Decrement(ref _rented);
            Shared.Return(array, clearArray);
        }
    }

    // A pool of its own: the shared one is trimmed when other tests make the collector work.
    private static FakeOptions Options => new() { BufferPool = ArrayPool<byte>.Create() };

    private sealed class EndlessTransport(DatagramChannel channel) : DatagramTransport("endless", Options)
    {
        protected override ValueTask<DatagramChannel> BindAsync(
            EndPoint localEndPoint, CancellationToken cancellationToken) => new(channel);

        protected override ValueTask<DatagramChannel> OpenAsync(
            EndPoint remoteEndPoint, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class EndlessChannel(int batchSize, int total) : DatagramChannel
    {
        private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _exhausted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SocketAddress _peer = Alice.Serialize();
        private int _left = total;

        public override EndPoint LocalEndPoint { get; } = Bob;

        public override int BatchSize => batchSize;

        public int Sent { get; private set; }

        public Task Exhausted => _exhausted.Task;

        public override ValueTask<int> ReceiveAsync(Memory<Datagram> batch, CancellationToken cancellationToken)
        {
            var count = Math.Min(batch.Length, _left);
            _left -= count;
            if (count == 0)
            {
                _exhausted.TrySetResult();
                return new ValueTask<int>(_end.Task);
            }

            foreach (var datagram in batch.Span[..count])
            {
                datagram.Buffer.Span[..32].Fill(7);
                datagram.Length = 32;
                datagram.Address = _peer;
            }

            return new ValueTask<int>(count);
        }

        public override ValueTask<int> SendAsync(
            ReadOnlyMemory<Datagram> batch, CancellationToken cancellationToken)
        {
            Sent += batch.Length;
            return new ValueTask<int>(batch.Length);
        }

        public override ValueTask DisposeAsync()
        {
            _end.TrySetException(new ObjectDisposedException(nameof(EndlessChannel)));
            return default;
        }
    }
}

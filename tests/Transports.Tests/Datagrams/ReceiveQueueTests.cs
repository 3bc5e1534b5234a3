using Transports.Testing;

namespace Transports.Tests.Datagrams;

public sealed class ReceiveQueueTests
{
    [Fact]
    public async Task Discard_WhileAReceiveIsAboutToEnd_KeepsNoBuffer()
    {
        var pool = new CountingBufferPool();
        var queue = new ReceiveQueue(1000, pool);
        var receive = queue.ReceiveAsync(CancellationToken.None);
        Assert.True(queue.TryEnqueue("late"u8));

        queue.Discard(CloseReason.LocalClosed);

        await receive.Throws<ConnectionClosedException, ReadOnlyMemory<byte>>();
        Assert.Equal(1, pool.Rented);
        Assert.Equal(0, pool.Outstanding);
    }
}

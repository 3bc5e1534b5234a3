namespace Transports.Testing.Tests;

public sealed class CountingBufferPoolTests
{
    private readonly CountingBufferPool _pool = new();

    [Fact]
    public void RentAndReturn_AreCounted()
    {
        var one = _pool.Rent(1);
        var two = _pool.Rent(100);
        Assert.Equal((2, 2L), (_pool.Outstanding, _pool.Rented));
        _pool.Return(one);
        _pool.Return(two);
        Assert.Equal((0, 2L), (_pool.Outstanding, _pool.Rented));
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(65_536, 65_536)]
    public void Rent_GivesAtLeastAsMuch(int asked, int expected) => Assert.Equal(expected, _pool.Rent(asked).Length);

    [Fact]
    public void Rent_Nothing_IsNotCounted()
    {
        var empty = _pool.Rent(0);
        Assert.Empty(empty);
        _pool.Return(empty);
        Assert.Equal((0, 0L), (_pool.Outstanding, _pool.Rented));
    }

    [Fact]
    public void Rent_Negative_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(-1));

    [Fact]
    public void Buffers_AreGarbageWhenRentedAndWhenReturned()
    {
        var buffer = _pool.Rent(16);
        Assert.All(buffer, value => Assert.NotEqual(0, value));
        "kept"u8.CopyTo(buffer);
        _pool.Return(buffer);
        Assert.Single(buffer.Distinct());
    }

    [Fact]
    public void Return_Twice_Throws()
    {
        var buffer = _pool.Rent(16);
        _pool.Return(buffer);
        Assert.Throws<InvalidOperationException>(() => _pool.Return(buffer));
    }

    [Fact]
    public void Return_ForeignBuffer_Throws() =>
        Assert.Throws<InvalidOperationException>(() => _pool.Return(new byte[16]));

    [Fact]
    public async Task WhenAllReturnedAsync_ReturnedLater_Ends()
    {
        Assert.True(_pool.WhenAllReturnedAsync().IsCompletedSuccessfully);
        var buffer = _pool.Rent(16);
        var wait = _pool.WhenAllReturnedAsync();
        Assert.False(wait.IsCompleted);
        _pool.Return(buffer);
        await wait;
    }

    [Fact]
    public async Task WhenAllReturnedAsync_OneIsLost_FailsAndCounts()
    {
        var pool = new CountingBufferPool { WaitTimeout = TimeSpan.FromMilliseconds(1) };
        pool.Return(pool.Rent(16));
        pool.Rent(16);
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => pool.WhenAllReturnedAsync());
        Assert.Contains("1 of 2 rented buffers were not returned", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OverMemory_AllBuffersComeBack()
    {
        var transport = new InMemoryTransport(new InMemoryTransportOptions { BufferPool = _pool });
        var name = new InMemoryEndPoint("counted");
        await using (await transport.ListenAsync(name, MessageHandler.FromText(text => text)))
        {
            await using var client = await transport.ConnectAsync(name);
            await client.SendAsync(new string('x', 10_000));
            Assert.Equal(10_000, (await client.ReceiveAsync()).Length);
        }

        await _pool.WhenAllReturnedAsync();
        Assert.NotEqual(0, _pool.Rented);
    }
}

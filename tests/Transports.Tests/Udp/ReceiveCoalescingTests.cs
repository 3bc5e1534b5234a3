using Transports.Testing;

namespace Transports.Tests.Udp;

public class ReceiveCoalescingTests
{
    private const int Proof = 16;
    private const int Interval = 32;
    private const int FirstPrice = 64;
    private const int HighestPrice = 1024;

    private static readonly TimeSpan AtOnce = TimeSpan.FromMicroseconds(2);
    private static readonly TimeSpan Soon = TimeSpan.FromMicroseconds(20);
    private static readonly TimeSpan Late = TimeSpan.FromMicroseconds(100);

    private readonly VirtualTimeProvider _clock = new();
    private ReceiveCoalescing _coalescing;

    public ReceiveCoalescingTests() => _coalescing = new ReceiveCoalescing(_clock);

    [Fact]
    public void Begin_AtFirst_DoesNotPause()
    {
        Assert.False(Receive(4, Soon));
    }

    [Fact]
    public void Begin_AfterManyShortWaitsForAFew_Pauses()
    {
        Assert.All(Enumerable.Range(0, Proof), _ => Assert.False(Receive(2, Soon)));

        Assert.True(Receive(20, AtOnce));
    }

    [Fact]
    public void Begin_SocketIsNotEmpty_DoesNotPause()
    {
        EarnTrust();

        Assert.False(Receive(64, AtOnce, isEmpty: false));
        Assert.True(Receive(20, AtOnce));
    }

    [Fact]
    public void Begin_WhenSwitchedOff_NeverPauses()
    {
        _coalescing = new ReceiveCoalescing(_clock, isWanted: false);
        EarnTrust();

        Assert.False(Receive(20, AtOnce));
    }

    [Theory]
    [InlineData(1, 20)] // Nobody but this one may have sent.
    [InlineData(16, 20)] // So many take as long to receive without any wait.
    [InlineData(4, 2)] // Nothing was waited for.
    [InlineData(4, 100)] // The peers wait for replies.
    public void Begin_WaitsThatSayNothingForIt_DoesNotPause(int count, int microseconds)
    {
        for (var wait = 0; wait < 10 * Proof; wait++)
        {
            Assert.False(Receive(count, TimeSpan.FromMicroseconds(microseconds)));
        }
    }

    [Fact]
    public void Begin_AsManyLongWaitsAsShortOnes_DoesNotPause()
    {
        for (var wait = 0; wait < 10 * Proof; wait++)
        {
            Assert.False(Receive(4, Soon));
            Assert.False(Receive(4, Late));
        }
    }

    [Fact]
    public void Begin_LongWaitsComeUp_StopsToPause()
    {
        EarnTrust(10 * Proof);

        for (var wait = 0; wait <= Proof; wait++)
        {
            Receive(4, Late, isEmpty: false);
        }

        Assert.False(Receive(20, AtOnce));
    }

    [Fact]
    public void Begin_SoonAfterAPause_WaitsForEnoughMessages()
    {
        EarnTrust();
        Assert.True(Receive(20, AtOnce));

        Assert.False(Receive(Interval - 20 - 1, AtOnce));
        Assert.False(Receive(1, AtOnce));
        Assert.True(Receive(20, AtOnce));
    }

    [Fact]
    public void Begin_PausesInVain_ComeLessAndLessOften()
    {
        EarnTrust();
        foreach (var price in new[] { FirstPrice, 128, 256, 512, HighestPrice, HighestPrice })
        {
            Assert.True(Receive(7, AtOnce));
            Assert.All(Enumerable.Range(0, price + Proof), _ => Assert.False(Receive(2, Soon)));
        }
    }

    [Fact]
    public void Begin_AfterAPauseThatPaid_TheNextInVainCostsLittle()
    {
        EarnTrust();
        Assert.True(Receive(7, AtOnce));
        EarnTrust(FirstPrice + Proof);
        Assert.True(Receive(8, AtOnce));
        EarnTrust();
        Assert.True(Receive(7, AtOnce));

        Assert.All(Enumerable.Range(0, FirstPrice + Proof), _ => Assert.False(Receive(2, Soon)));
        Assert.True(Receive(8, AtOnce));
    }

    private void EarnTrust(int waits = Proof)
    {
        for (var wait = 0; wait < waits; wait++)
        {
            Receive(2, Soon, isEmpty: false);
        }
    }

    /// <returns>True when it paused before.</returns>
    private bool Receive(int count, TimeSpan elapsed, bool isEmpty = true)
    {
        var pauses = _coalescing.Begin(isEmpty);
        _coalescing.End(count, (long)(elapsed.TotalSeconds * _clock.TimestampFrequency));
        return pauses;
    }
}

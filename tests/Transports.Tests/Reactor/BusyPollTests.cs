using Transports.Testing;

namespace Transports.Tests.Reactor;

public class BusyPollTests
{
    private const ulong Peer = 1;
    private const int Proof = 32;

    private static readonly TimeSpan Look = TimeSpan.FromMicroseconds(2);
    private static readonly TimeSpan Soon = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(1);

    private readonly VirtualTimeProvider _clock = new();
    private readonly BusyPoll _poll;

    public BusyPollTests() => _poll = new BusyPoll(_clock);

    [Fact]
    public void Polls_AtFirst_Sleeps()
    {
        Assert.False(Wait(Soon));
    }

    [Fact]
    public void Polls_OnePeerThatAsksAgainAtOnce_StaysAwake()
    {
        EarnTrust();

        Assert.True(Wait(Soon));
        Assert.Equal(1000, Enumerable.Range(0, 1000).Count(_ => Wait(Soon)));
    }

    [Fact]
    public void Polls_WhenSwitchedOff_NeverStaysAwake()
    {
        var poll = new BusyPoll(_clock, isWanted: false);

        for (var wait = 0; wait < 10 * Proof; wait++)
        {
            poll.Begin();
            Assert.False(poll.Polls());
            _clock.Advance(Soon);
            poll.End(Peer);
        }
    }

    [Fact]
    public void Polls_PeersThatTakeTurns_Sleeps()
    {
        for (var wait = 0; wait < 10 * Proof; wait++)
        {
            Assert.False(Wait(Soon, who: (ulong)(wait % 2)));
        }
    }

    [Fact]
    public void Polls_SeveralAtOnce_Sleeps()
    {
        EarnTrust();

        Assert.True(Wait(Soon, who: null));

        Assert.False(Wait(Soon));
    }

    [Fact]
    public void Polls_PeerThatTakesItsTime_Sleeps()
    {
        Repeat(10 * Proof, Late);

        Assert.False(Wait(Late));
    }

    [Fact]
    public void Polls_WithinOneWait_EndAfterATenthOfAMillisecond()
    {
        EarnTrust();
        _poll.Begin();

        var looks = 0;
        while (_poll.Polls())
        {
            looks++;
            _clock.Advance(Look);
        }

        Assert.Equal(TimeSpan.FromMicroseconds(100) / Look, looks);
        Assert.False(_poll.Polls());
    }

    [Fact]
    public void Polls_InVainTwice_SleepForAWhile()
    {
        EarnTrust();
        for (var wait = 0; wait < 2; wait++)
        {
            _poll.Begin();
            Assert.True(_poll.Polls());
            _clock.Advance(Late);
            Assert.False(_poll.Polls());
            _poll.End(Peer);
        }

        Assert.False(Wait(Soon));
    }

    [Fact]
    public void Polls_InVainNowAndThen_GoOn()
    {
        EarnTrust();

        for (var row = 0; row < 20; row++)
        {
            Repeat(20, Soon);
            Wait(Late);
        }

        Assert.True(Wait(Soon));
    }

    [Fact]
    public void Polls_AlwaysInVain_AreTriedMoreAndMoreSeldom()
    {
        const int waits = 20_000;
        var vain = 0;

        // A sleep always ends soon, a poll never: as where the peer needs this very processor.
        for (var wait = 0; wait < waits; wait++)
        {
            _poll.Begin();
            var polls = 0;
            while (_poll.Polls())
            {
                polls++;
                _clock.Advance(Look);
            }

            vain += polls > 0 ? 1 : 0;
            _clock.Advance(Soon);
            _poll.End(Peer);
        }

        Assert.InRange(vain, 2, 30);
    }

    [Fact]
    public void Polls_ThatAreInterrupted_EndSoon()
    {
        EarnTrust();

        // Found, but only once somebody else had the processor.
        for (var wait = 0; wait < 2; wait++)
        {
            _poll.Begin();
            Assert.True(_poll.Polls());
            _clock.Advance(Look);
            Assert.True(_poll.Polls());
            _clock.Advance(Soon);
            _poll.End(Peer);
        }

        Assert.False(Wait(Soon));
    }

    [Fact]
    public void Polls_ThatFindAtTheFirstLook_ProveNothing()
    {
        EarnTrust();
        for (var wait = 0; wait < 1000; wait++)
        {
            Assert.True(Wait(TimeSpan.Zero));
        }

        Wait(Late);
        Wait(Late);

        Assert.False(Wait(Soon));
    }

    /// <summary>The first wait tells who it is.</summary>
    private void EarnTrust() => Repeat(1 + Proof, Soon);

    private void Repeat(int count, TimeSpan gap)
    {
        for (var wait = 0; wait < count; wait++)
        {
            Wait(gap);
        }
    }

    /// <summary>Waits until the peer's next message comes, after that time.</summary>
    /// <returns>True when it was polled for to the end.</returns>
    private bool Wait(TimeSpan gap, ulong? who = Peer)
    {
        var left = gap;
        _poll.Begin();
        bool polls;
        while ((polls = _poll.Polls()) && left > TimeSpan.Zero)
        {
            _clock.Advance(Look);
            left -= Look;
        }

        if (!polls)
        {
            _clock.Advance(left);
        }

        _poll.End(who);
        return polls;
    }
}

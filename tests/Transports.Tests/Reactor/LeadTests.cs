namespace Transports.Tests.Reactor;

public class LeadTests
{
    [Fact]
    public void Lead_OutsideOfADispatch_CannotBeTaken()
    {
        var lead = new Lead();
        Assert.Equal(0, lead.Dispatching);
        lead.Begin();
        var dispatch = lead.Dispatching;
        Assert.NotEqual(0, dispatch);

        Assert.True(lead.TryEnd());

        Assert.Equal(0, lead.Dispatching);
        Assert.Null(lead.TryTake(dispatch));
        lead.Begin();
        Assert.NotEqual(dispatch, lead.Dispatching);
        Assert.Null(lead.TryTake(dispatch));
        Assert.True(lead.TryEnd());
    }

    [Fact]
    public void Lead_OfOneThatIsStuck_GoesOnWithNumbersOfItsOwn()
    {
        var lead = new Lead();
        lead.Begin();
        var dispatch = lead.Dispatching;

        var next = lead.TryTake(dispatch);

        Assert.NotNull(next);
        Assert.Null(lead.TryTake(dispatch));
        Assert.Equal(0, next.Dispatching);
        next.Begin();
        Assert.NotEqual(dispatch, next.Dispatching);
        Assert.False(lead.TryEnd());
        Assert.False(lead.TryEnd());
        Assert.True(next.TryEnd());
    }

    /// <summary>
    /// One counts as the leader without a lock; if ever two led at once, or nobody, the count would tell.
    /// </summary>
    [Fact]
    public void Lead_TakenAtAnyMoment_HasOneThread()
    {
        const int Leaders = 300;
        const int Most = 50_000_000;
        const int Row = 100;
        var lead = new Lead();
        long led = 0;
        long ends = 0;
        for (var number = 0; number < Leaders; number++)
        {
            var current = lead;
            var leader = new Thread(() =>
            {
                var own = 0L;
                do
                {
                    current.Begin();
                    if (++own % Row == 0)
                    {
                        // On a busy machine both may share a processor: this lets the other look in a dispatch too.
                        Thread.Yield();
                    }
                }
                while (current.TryEnd() && own < Most);

                // The dispatch in which the lead was lost, too, is one that nobody else had.
                led += own;
            });
            leader.Start();
            Lead? next = null;
            while (next is null && leader.IsAlive)
            {
                var dispatch = current.Dispatching;
                next = dispatch == 0 ? null : current.TryTake(dispatch);
                ends = next is null ? ends : (dispatch + 1) / 2;
            }

            leader.Join();
            Assert.NotNull(next);
            Assert.Equal(ends, led);
            lead = next;
        }
    }
}

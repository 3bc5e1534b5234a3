using FsCheck;
using FsCheck.Fluent;
using Transports.Testing;

namespace Transports.Simulation.Tests.Network;

public class LocalClockTests
{
    private static readonly Gen<long> Ticks = Gen.OneOf(
        Gen.Choose(0, 100).Select(value => (long)value),
        Gen.Choose(0, int.MaxValue).Select(value => value * 1_000_003L));

    private static readonly Gen<long> Drift = Gen.OneOf(
        Gen.Elements(0L, 1, -1, 100_000, -100_000, 1_000_000_000, -500_000_000),
        Gen.Choose(-500_000_000, 1_000_000_000).Select(value => (long)value));

    /// <summary>
    /// Whatever the rate was before and is now: a timer fires at the first moment at which it is due.
    /// </summary>
    [Fact]
    public void ToDue_AnyRateAndTime_IsTheFirstTickAtWhichTheClockShowsIt() => Prop.ForAll(
        Arb.From(
            from drifts in Drift.ArrayOf(2)
            from changedAt in Ticks
            from later in Ticks
            select (drifts, changedAt, later)),
        item =>
        {
            var clock = new LocalClock(new VirtualTimeProvider());
            clock.SetDrift(item.drifts[0], 0);
            var before = clock.ToLocal(item.changedAt);
            clock.SetDrift(item.drifts[1], item.changedAt);
            Assert.Equal(before, clock.ToLocal(item.changedAt));

            var due = clock.ToDue(before + item.later);
            Assert.True(clock.ToLocal(due) >= before + item.later);
            Assert.True(item.later == 0 || clock.ToLocal(due - 1) < before + item.later);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}

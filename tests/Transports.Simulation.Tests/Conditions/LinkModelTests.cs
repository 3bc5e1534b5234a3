using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

public class LinkModelTests
{
    private const string EveryKnob =
        "delay 40ms 10ms 25% distribution normal loss 10% 20% duplicate 10% reorder 10% corrupt 10% 30% truncate 10%";

    [Fact]
    public void Admit_SameSeed_SameFates() => Assert.Equal(Fates(EveryKnob), Fates(EveryKnob));

    [Fact]
    public void Admit_OtherSeedOrLink_OtherFates()
    {
        Assert.NotEqual(Fates("loss 50%"), Fates("loss 50%", seed: 2));
        Assert.NotEqual(Substreams.LinkId("a", "b"), Substreams.LinkId("b", "a"));
        Assert.NotEqual(Fates("loss 50%"), Fates("loss 50% seed 2"));
    }

    [Theory]
    [InlineData("loss 10% 20%", "loss 40%")]
    [InlineData("loss 10% 20%", "loss gemodel 10% 30%")]
    [InlineData("duplicate 10%", "duplicate 60%")]
    [InlineData("reorder 10%", "reorder 60%")]
    [InlineData("corrupt 10% 30%", "corrupt 60%")]
    [InlineData("truncate 10%", "truncate 60%")]
    [InlineData("delay 40ms 10ms 25% distribution normal", "delay 90ms 1ms distribution pareto")]
    public void Conditions_OneKnobChanged_OthersDrawAsBefore(string knob, string changed)
    {
        var before = Fates(EveryKnob);
        var after = Fates(EveryKnob.Replace(knob, changed, StringComparison.Ordinal));

        Assert.NotEqual(before, after);
        var family = knob.Split(' ')[0];
        foreach (var (old, now) in before.Zip(after).Where(pair => Arrives(pair.First) && Arrives(pair.Second)))
        {
            Assert.Equal(Masked(old.Original, family), Masked(now.Original, family));
            Assert.True(family == "duplicate" || family == "loss" || old.HasCopy == now.HasCopy);
        }
    }

    [Fact]
    public void Conditions_LossSwitchedOn_LeavesDelaysOfTheRest()
    {
        var without = Fates("delay 40ms 10ms 25%");
        var with = Fates("delay 40ms 10ms 25% loss 30%");

        Assert.All(
            without.Zip(with).Where(pair => Arrives(pair.Second)),
            pair => Assert.Equal(pair.First.Original, pair.Second.Original));
        Assert.Contains(with, fate => !Arrives(fate));
    }

    [Fact]
    public void DropListAndFirst_LoseExactlyThose()
    {
        var fates = LinkRun.Run("dropfirst 2 droplist 5,7 duplicate 100%", 8);

        Assert.Equal(
            [1, 2, 5, 7],
            Enumerable.Range(1, 8).Where(number => fates[number - 1].Original.Drop == NetworkFault.ListedLoss));
        Assert.All(fates, fate => Assert.Equal(Arrives(fate), fate.HasCopy));
    }

    [Fact]
    public void Limit_InPackets_DropsTheTailAndItsCopies()
    {
        var fates = LinkRun.Run("delay 1s limit 3", 5, TimeSpan.Zero);

        Assert.Equal([true, true, true, false, false], fates.Select(Arrives));
        Assert.Equal(NetworkFault.QueueFull, fates[3].Original.Drop);
    }

    [Fact]
    public void Limit_InBytes_DropsWhatDoesNotFit() => Assert.Equal(
        [true, true, false],
        LinkRun.Run("delay 1s limitbytes 3000", 3, TimeSpan.Zero).Select(Arrives));

    [Fact]
    public void Limit_PacketsHaveArrived_TakesMore() => Assert.All(
        LinkRun.Run("delay 1s limit 1", 10, TimeSpan.FromSeconds(1)), fate => Assert.True(Arrives(fate)));

    [Fact]
    public void Mtu_Exceeded_Drops()
    {
        Assert.All(LinkRun.Run("mtu 1027", 3), fate => Assert.Equal(NetworkFault.MtuExceeded, fate.Original.Drop));
        Assert.All(LinkRun.Run("mtu 1028", 3), fate => Assert.True(Arrives(fate)));
    }

    [Fact]
    public void Duplicate_CopyHasADelayOfItsOwn()
    {
        var fates = LinkRun.Run("delay 40ms 10ms duplicate 100%", 100);

        Assert.All(fates, fate => Assert.True(fate.HasCopy));
        Assert.All(fates, fate => Assert.NotEqual(fate.Original.DueTicks, fate.Copy.DueTicks));
    }

    [Fact]
    public void Corrupt_SeveralBits_FlipsSoManyDifferentOnes()
    {
        var model = new LinkModel(1, 2) { Conditions = NetworkConditions.Parse("corrupt 100% corruptbits 5") };
        var payload = new byte[2];

        model.Corrupt(payload, 1, isCopy: false);

        Assert.Equal(5, payload.Sum(value => int.PopCount(value)));
        model.Corrupt(payload, 1, isCopy: false);
        Assert.Equal(new byte[2], payload);
        model.Corrupt([], 1, isCopy: false);
    }

    [Fact]
    public void Corrupt_FewerBitsThanAsked_FlipsAll()
    {
        var model = new LinkModel(1, 2) { Conditions = new NetworkConditions { CorruptBits = 100 } };
        var payload = new byte[1];

        model.Corrupt(payload, 1, isCopy: false);

        Assert.Equal(0xFF, payload[0]);
    }

    [Fact]
    public void Truncate_EmptyPayload_StaysWhole()
    {
        var model = new LinkModel(1, 2) { Conditions = NetworkConditions.Parse("truncate 100%") };

        Assert.False(model.Admit(1, 0, 28, 0).Original.IsTruncated);
    }

    [Fact]
    public void Conditions_ChangedBetweenPackets_HoldForTheNext()
    {
        var model = new LinkModel(1, 2) { Conditions = NetworkConditions.Parse("delay 40ms") };

        Assert.Equal(400_000, model.Admit(1, 10, 28, 0).Original.DueTicks);
        model.Conditions = NetworkConditions.Parse("loss 100%");
        Assert.Equal(NetworkFault.Loss, model.Admit(2, 10, 28, 0).Original.Drop);
    }

    [Fact]
    public void Setters_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkConditions { Duplicate = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkConditions { Loss = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkConditions { Delay = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkConditions { MaxQueuedPackets = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new NetworkConditions { DroppedPackets = [0] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarkovLoss(0.6, p14: 0.5));
    }

    private static Admission[] Fates(string conditions, ulong seed = 1) =>
        LinkRun.Run(conditions, 5000, TimeSpan.FromSeconds(1), seed);

    private static bool Arrives(Admission fate) => fate.Original.IsDelivered;

    /// <summary>A fate without what the changed knob decides; how late and how long it is hangs on these two.</summary>
    private static PacketFate Masked(PacketFate fate, string family) => family switch
    {
        "delay" => fate with { DueTicks = 0 },
        "reorder" => fate with { DueTicks = 0, IsReordered = false },
        "corrupt" => fate with { IsCorrupt = false },
        "truncate" => fate with { IsTruncated = false, PayloadBytes = 0 },
        _ => fate,
    };
}

using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

/// <summary>Each random knob over 100,000 packets lies within four standard errors of its setting.</summary>
public class StatisticsTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(99)]
    public void Loss_Random_HasItsShare(double percent) => LinkRun.AssertShare(
        percent / 100,
        LinkRun.Run(FormattableString.Invariant($"loss {percent}%")).Select(fate => IsLost(fate.Original)));

    [Fact]
    public void Loss_Random_IsIndependent()
    {
        var lost = LinkRun.Run("loss 20%").Select(fate => IsLost(fate.Original)).ToArray();

        LinkRun.AssertShare(0.2, lost.Skip(1).Zip(lost).Where(pair => pair.Second).Select(pair => pair.First));
    }

    /// <summary>The correlated draw has the variance (1-rho)/(1+rho) of the even one, and the same mean.</summary>
    [Fact]
    public void Loss_Correlated_ComesInRuns()
    {
        var lost = LinkRun.Run("loss 50% 50%").Select(fate => IsLost(fate.Original)).ToArray();

        var again = lost.Skip(1).Zip(lost).Where(pair => pair.Second).Average(pair => pair.First ? 1.0 : 0);
        Assert.InRange(lost.Average(value => value ? 1.0 : 0), 0.48, 0.52);
        Assert.InRange(again, 0.6, 0.72);
    }

    [Fact]
    public void Loss_GilbertElliott_HasItsShareAndItsBursts()
    {
        const double ToBad = 0.02;
        const double ToGood = 0.25;
        var lost = LinkRun.Run("loss gemodel 2% 25%").Select(fate => IsLost(fate.Original)).ToArray();

        var bursts = Bursts(lost);
        LinkRun.AssertMean(1 / ToGood, bursts);
        LinkRun.AssertMean(1 / ToBad, Bursts([.. lost.Select(value => !value)]));
        Assert.InRange(lost.Average(value => value ? 1.0 : 0), 0.07, 0.078);
    }

    [Fact]
    public void Loss_GilbertElliott_LosesByStateWithItsOwnChances()
    {
        const double BadShare = 0.1 / (0.1 + 0.3);
        var lost = LinkRun.Run("loss gemodel 10% 30% 60% 1%").Select(fate => IsLost(fate.Original) ? 1.0 : 0).ToArray();

        // Neighbours depend on each other, so means of blocks stand for the sample.
        var blocks = lost.Chunk(100).Select(block => block.Average()).ToArray();
        LinkRun.AssertMean((BadShare * 0.6) + ((1 - BadShare) * 0.01), blocks);
    }

    [Fact]
    public void Loss_GilbertElliottWithOneArgument_IsRandom() => LinkRun.AssertShare(
        0.05, LinkRun.Run("loss gemodel 5%").Select(fate => IsLost(fate.Original)));

    /// <summary>The chain's share of losses, from its balance: Salsano, Ludovici and Ordine, equation 5.</summary>
    [Fact]
    public void Loss_Markov_HasTheShareOfItsChain()
    {
        const double P13 = 0.02, P31 = 0.3, P32 = 0.1, P23 = 0.5, P14 = 0.01;
        var lost = LinkRun.Run("loss state 2% 30% 10% 50% 1%").Select(fate => IsLost(fate.Original) ? 1.0 : 0);

        var good = P31 * P23;
        var inBurst = P13 * P23;
        var goodInBurst = P13 * P32;
        var alone = good * P14;
        var expected = (inBurst + alone) / (good + inBurst + goodInBurst + alone);
        LinkRun.AssertMean(expected, [.. lost.Chunk(100).Select(block => block.Average())]);
    }

    [Fact]
    public void Duplicate_HasItsShare() =>
        LinkRun.AssertShare(0.03, LinkRun.Run("duplicate 3%").Select(fate => fate.HasCopy));

    [Fact]
    public void Duplicate_WithLoss_LeavesOneOfBothAtOnce()
    {
        var fates = LinkRun.Run("duplicate 50% loss 50%");

        LinkRun.AssertShare(0.25, fates.Select(fate => IsLost(fate.Original)));
        LinkRun.AssertShare(0.25, fates.Select(fate => fate.HasCopy));
        LinkRun.AssertShare(0.5, fates.Where(fate => fate.HasCopy).Select(fate => IsLost(fate.Copy)));
    }

    [Fact]
    public void Corrupt_HasItsShare() =>
        LinkRun.AssertShare(0.07, LinkRun.Run("corrupt 7%").Select(fate => fate.Original.IsCorrupt));

    [Fact]
    public void Corrupt_FlipsEveryBitEquallyOften()
    {
        var model = new LinkModel(1, 2) { Conditions = NetworkConditions.Parse("corrupt 100%") };
        var counts = new double[64];
        for (var number = 1; number <= LinkRun.Packets; number++)
        {
            var payload = new byte[8];
            model.Corrupt(payload, number, isCopy: false);
            counts[(int)ulong.Log2(BitConverter.ToUInt64(payload))]++;
        }

        var expected = LinkRun.Packets / 64.0;
        var square = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(square, 63 - (4 * Math.Sqrt(126)), 63 + (4 * Math.Sqrt(126)));
    }

    [Fact]
    public void Truncate_HasItsShareAndCutsAnywhere()
    {
        var fates = LinkRun.Run("truncate 10%").Select(fate => fate.Original).ToArray();

        LinkRun.AssertShare(0.1, fates.Select(fate => fate.IsTruncated));
        LinkRun.AssertMean(
            (LinkRun.PayloadBytes - 1) / 2.0,
            [.. fates.Where(fate => fate.IsTruncated).Select(fate => (double)fate.PayloadBytes)]);
    }

    [Fact]
    public void Reorder_HasItsShareAndArrivesAtOnce()
    {
        var fates = LinkRun.Run("delay 40ms reorder 25%");

        LinkRun.AssertShare(0.25, fates.Select(fate => fate.Original.IsReordered));
        Assert.All(
            LinkRun.Delays(fates).Zip(fates),
            pair => Assert.Equal(pair.Second.Original.IsReordered ? 0 : 40, pair.First));
    }

    [Fact]
    public void Reorder_WithGap_LetsEveryNthPass()
    {
        var fates = LinkRun.Run("delay 40ms gap 5", packets: 20);

        Assert.Equal(
            [5, 10, 15, 20],
            fates.Select((fate, i) => (fate, number: i + 1))
                .Where(pair => pair.fate.Original.IsReordered).Select(pair => pair.number));
    }

    private static bool IsLost(PacketFate fate) => fate.Drop == NetworkFault.Loss;

    /// <summary>The lengths of the runs of <see langword="true"/>.</summary>
    private static double[] Bursts(bool[] outcomes)
    {
        var lengths = new List<double>();
        var length = 0;
        foreach (var outcome in outcomes)
        {
            if (!outcome && length > 0)
            {
                lengths.Add(length);
            }

            length = outcome ? length + 1 : 0;
        }

        return [.. lengths];
    }
}

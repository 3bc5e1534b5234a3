using FsCheck;
using FsCheck.Fluent;
using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

public class RoundTripTests
{
    private const string Alphabet = "delay loss gemodel state 40ms 10% 1e9 -5 , gap slot bytes seed rate 8kbit ms % ";

    private static readonly Gen<double> Probability = Gen.OneOf(
        Gen.Elements(0, 1, 0.01, 0.001, 1e-12, 0.3, 1.0 / 3, double.Epsilon),
        Gen.Choose(0, int.MaxValue).Select(value => value / (double)int.MaxValue));

    private static readonly Gen<TimeSpan> Time = Gen.OneOf(
        Gen.Elements(0L, 1, 9, 10, 9_999, 10_000, 10_001, 400_000, 10_000_000, 36_000_000_001),
        Gen.Choose(0, int.MaxValue).Select(value => (long)value)).Select(TimeSpan.FromTicks);

    private static readonly Gen<int> Number = Gen.OneOf(Gen.Constant(0), Gen.Choose(0, int.MaxValue));

    [Fact]
    public void ToString_AnyConditions_ReadBackEqual() => Prop
        .ForAll(Arb.From(Conditions()), conditions => NetworkConditions.Parse(conditions.ToString()) == conditions)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Parse_AnyText_ReadsOrSaysAtWhichWord()
    {
        var words = Gen.Elements(Alphabet.Split(' ')).ArrayOf().Select(parts => string.Join(' ', parts));

        Prop.ForAll(Arb.From(words), ReadsOrNamesAWord).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static bool ReadsOrNamesAWord(string text)
    {
        try
        {
            return NetworkConditions.Parse(text) is not null;
        }
        catch (FormatException fault)
        {
            return fault.Message.StartsWith("Word ", StringComparison.Ordinal)
                || fault.Message.StartsWith("At the end", StringComparison.Ordinal);
        }
    }

    private static Gen<NetworkConditions> Conditions() =>
        from times in Time.ArrayOf(5)
        from chances in Probability.ArrayOf(10)
        from numbers in Number.ArrayOf(10)
        from distribution in Gen.Elements(Enum.GetValues<DelayDistribution>())
        from loss in Loss()
        from dropped in Gen.Choose(1, 1000).Select(number => (long)number).ArrayOf()
        from seed in Gen.Elements<ulong?>(null, 0, 1, ulong.MaxValue)
        select new NetworkConditions
        {
            Delay = times[0],
            Jitter = times[1],
            MaxDelay = times[2],
            SlotMin = times[3],
            SlotMax = times[4],
            DelayCorrelation = chances[0],
            Duplicate = chances[1],
            DuplicateCorrelation = chances[2],
            Reorder = chances[3],
            ReorderCorrelation = chances[4],
            Corrupt = chances[5],
            CorruptCorrelation = chances[6],
            Truncate = chances[7],
            SlowShare = chances[8],
            DropCorrupt = chances[9] > 0.5,
            BitsPerSecond = (long)numbers[0] * 1000,
            PacketOverheadBytes = numbers[1] - 1000,
            MaxQueuedPackets = Math.Max(1, numbers[2]),
            MaxQueuedBytes = numbers[3],
            MaxSlotPackets = numbers[4],
            MaxSlotBytes = numbers[5],
            DropFirst = numbers[6],
            ReorderGap = numbers[7],
            CorruptBits = Math.Max(1, numbers[8]),
            MtuBytes = numbers[9],
            Distribution = distribution,
            Loss = loss,
            DroppedPackets = dropped,
            Seed = seed,
        };

    private static Gen<LossModel?> Loss() => Gen.OneOf(
        Gen.Constant<LossModel?>(null),
        Probability.ArrayOf(2).Select(LossModel? (p) => new RandomLoss(p[0], p[1])),
        Probability.ArrayOf(4).Select(LossModel? (p) => new GilbertElliottLoss(p[0], p[1], p[2], p[3])),
        Probability.ArrayOf(5).Select(LossModel? (p) => new MarkovLoss(p[0] / 2, p[1] / 2, p[2] / 2, p[3], p[4] / 2)));
}

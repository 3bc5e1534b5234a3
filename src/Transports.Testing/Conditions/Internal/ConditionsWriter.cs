namespace Transports.Testing;

/// <summary>Writes conditions as clauses, each either netem's or ours.</summary>
internal static class ConditionsWriter
{
    private static readonly NetworkConditions Default = new();

    public static IReadOnlyList<(string Text, bool IsNetem)> Clauses(NetworkConditions conditions)
    {
        var clauses = new List<(string Text, bool IsNetem)>();
        Add(clauses, true, Delay(conditions));
        Add(clauses, conditions.Distribution <= DelayDistribution.ParetoNormal, Distribution(conditions));
        Add(clauses, false, conditions.MaxDelay == default ? "" : $"maxdelay {Time(conditions.MaxDelay)}");
        Add(clauses, false,
            conditions.SlowShare == Default.SlowShare ? "" : $"slowshare {Percent(conditions.SlowShare)}");
        Add(clauses, true, Loss(conditions.Loss));
        Add(clauses, true, Chance("duplicate", conditions.Duplicate, conditions.DuplicateCorrelation));
        Add(clauses, conditions.Delay > TimeSpan.Zero, Reorder(conditions));
        Add(clauses, true, Chance("corrupt", conditions.Corrupt, conditions.CorruptCorrelation));
        Add(clauses, true, Rate(conditions));
        Add(clauses, true, Slot(conditions));
        Add(clauses, true, conditions.MaxQueuedPackets == Default.MaxQueuedPackets
            ? ""
            : Invariant($"limit {conditions.MaxQueuedPackets}"));
        Add(clauses, true, conditions.Seed is { } seed ? Invariant($"seed {seed}") : "");
        AddOurs(clauses, conditions);
        return clauses;
    }

    private static void AddOurs(List<(string Text, bool IsNetem)> clauses, NetworkConditions conditions)
    {
        Add(clauses, false, Number("limitbytes", conditions.MaxQueuedBytes, 0));
        Add(clauses, false, Number("mtu", conditions.MtuBytes, 0));
        Add(clauses, false, conditions.Truncate == 0 ? "" : $"truncate {Percent(conditions.Truncate)}");
        Add(clauses, false, Number("corruptbits", conditions.CorruptBits, Default.CorruptBits));
        Add(clauses, false, conditions.DropCorrupt ? "dropcorrupt" : "");
        Add(clauses, false, Number("dropfirst", conditions.DropFirst, 0));
        Add(clauses, false,
            conditions.DroppedPackets.Count == 0 ? "" : $"droplist {string.Join(',', conditions.DroppedPackets)}");
    }

    private static void Add(List<(string Text, bool IsNetem)> clauses, bool isNetem, string text)
    {
        if (text.Length > 0)
        {
            clauses.Add((text, isNetem));
        }
    }

    private static string Delay(NetworkConditions conditions)
    {
        if (conditions.DelayCorrelation > 0)
        {
            return $"delay {Time(conditions.Delay)} {Time(conditions.Jitter)} {Percent(conditions.DelayCorrelation)}";
        }

        return conditions.Jitter > TimeSpan.Zero ? $"delay {Time(conditions.Delay)} {Time(conditions.Jitter)}"
            : conditions.Delay > TimeSpan.Zero ? $"delay {Time(conditions.Delay)}"
            : "";
    }

    private static string Distribution(NetworkConditions conditions) =>
        conditions.Distribution == DelayDistribution.Uniform
            ? ""
            : $"distribution {conditions.Distribution.ToString().ToLowerInvariant()}";

    private static string Loss(LossModel? model) => model switch
    {
        RandomLoss { Correlation: 0 } loss => $"loss {Percent(loss.Probability)}",
        RandomLoss loss => $"loss {Percent(loss.Probability)} {Percent(loss.Correlation)}",
        GilbertElliottLoss loss => "loss gemodel " + Percentages(
            (loss.ToBad, double.NaN), (loss.ToGood, 1 - loss.ToBad), (loss.LossInBad, 1), (loss.LossInGood, 0)),
        MarkovLoss loss => "loss state " + Percentages(
            (loss.P13, double.NaN), (loss.P31, 1 - loss.P13), (loss.P32, 0), (loss.P23, 1), (loss.P14, 0)),
        _ => "",
    };

    /// <summary>Percentages up to the last one that is not what leaving it out stands for.</summary>
    private static string Percentages(params (double Value, double Default)[] values)
    {
        var count = values.Length;
        while (values[count - 1].Value == values[count - 1].Default)
        {
            count--;
        }

        return string.Join(' ', values.Take(count).Select(item => Percent(item.Value)));
    }

    private static string Chance(string word, double probability, double correlation) =>
        correlation > 0 ? $"{word} {Percent(probability)} {Percent(correlation)}"
        : probability > 0 ? $"{word} {Percent(probability)}"
        : "";

    private static string Reorder(NetworkConditions conditions)
    {
        var chance = Chance("reorder", conditions.Reorder, conditions.ReorderCorrelation);
        return conditions.ReorderGap == 0
            ? chance
            : Invariant($"{(chance.Length == 0 ? "reorder 0%" : chance)} gap {conditions.ReorderGap}");
    }

    private static string Rate(NetworkConditions conditions)
    {
        var rate = $"rate {Quantities.WriteRate(conditions.BitsPerSecond)}";
        return conditions.PacketOverheadBytes != 0 ? Invariant($"{rate} {conditions.PacketOverheadBytes}")
            : conditions.BitsPerSecond == 0 ? ""
            : rate;
    }

    private static string Slot(NetworkConditions conditions)
    {
        var most = conditions.SlotMax == default ? "" : $" {Time(conditions.SlotMax)}";
        var packets = conditions.MaxSlotPackets == 0 ? "" : Invariant($" packets {conditions.MaxSlotPackets}");
        var bytes = conditions.MaxSlotBytes == 0 ? "" : Invariant($" bytes {conditions.MaxSlotBytes}");
        var tail = most + packets + bytes;
        return tail.Length == 0 && conditions.SlotMin == default ? "" : $"slot {Time(conditions.SlotMin)}{tail}";
    }

    private static string Number(string word, long value, long usual) =>
        value == usual ? "" : Invariant($"{word} {value}");

    private static string Time(TimeSpan time) => Quantities.WriteTime(time);

    private static string Percent(double value) => Quantities.WritePercent(value);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

namespace Transports.Testing;

/// <summary>Reads what follows <c>loss</c>.</summary>
internal sealed class LossReader(ConditionsReader reader)
{
    public LossModel Read()
    {
        LossModel model = reader.TakeIf("gemodel") ? ReadGilbertElliott()
            : reader.TakeIf("state") ? ReadMarkov()
            : ReadRandom();
        return reader.TakeIf("ecn") ? throw reader.Fault("packets cannot be marked instead of lost") : model;
    }

    private RandomLoss ReadRandom()
    {
        _ = reader.TakeIf("random");
        return new RandomLoss(reader.Percent(), reader.OptionalPercent() ?? 0);
    }

    private GilbertElliottLoss ReadGilbertElliott() => new(
        reader.Percent(), reader.OptionalPercent(), reader.OptionalPercent() ?? 1, reader.OptionalPercent() ?? 0);

    private MarkovLoss ReadMarkov()
    {
        var p13 = reader.Percent();
        var p31 = reader.OptionalPercent() ?? 1 - p13;
        var p32 = reader.OptionalPercent() ?? 0;
        var p23 = reader.OptionalPercent() ?? 1;
        var p14 = reader.OptionalPercent() ?? 0;
        return p13 + p14 > 1 + Probabilities.Rounding || p31 + p32 > 1 + Probabilities.Rounding
            ? throw reader.Fault("the ways out of a state exceed 100%: p13 + p14, or p31 + p32")
            : new MarkovLoss(p13, p31, p32, p23, p14);
    }
}

namespace Transports.Testing;

/// <summary>
/// Loss in bursts: a link is GOOD or BAD, and changes with every packet by chance (netem:
/// <c>loss gemodel p [r [1-h [1-k]]]</c>). Gilbert 1960, Elliott 1963.
/// </summary>
public sealed record GilbertElliottLoss : LossModel
{
    /// <summary>Loss in bursts.</summary>
    /// <param name="toBad">p: from GOOD to BAD.</param>
    /// <param name="toGood">r: from BAD to GOOD; null stands for 1 - p. Bursts last 1/r packets on average.</param>
    /// <param name="lossInBad">1-h: how probable a loss is in BAD.</param>
    /// <param name="lossInGood">1-k: how probable a loss is in GOOD.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument does not lie between 0 and 1.</exception>
    public GilbertElliottLoss(double toBad, double? toGood = null, double lossInBad = 1, double lossInGood = 0)
    {
        ToBad = Probabilities.Checked(toBad);
        ToGood = Probabilities.Checked(toGood ?? 1 - toBad);
        LossInBad = Probabilities.Checked(lossInBad);
        LossInGood = Probabilities.Checked(lossInGood);
    }

    /// <summary>p: how probable the change from GOOD to BAD is, per packet.</summary>
    public double ToBad { get; }

    /// <summary>r: how probable the change from BAD to GOOD is, per packet.</summary>
    public double ToGood { get; }

    /// <summary>1-h: how probable the loss of a packet is in BAD.</summary>
    public double LossInBad { get; }

    /// <summary>1-k: how probable the loss of a packet is in GOOD.</summary>
    public double LossInGood { get; }
}

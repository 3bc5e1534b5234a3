namespace Transports.Testing;

/// <summary>Every packet is lost with the same probability (netem: <c>loss random P [CORR]</c>).</summary>
public sealed record RandomLoss : LossModel
{
    /// <summary>Every packet is lost with the same probability.</summary>
    /// <param name="probability">Between 0 and 1.</param>
    /// <param name="correlation">How much a draw depends on the one before, from 0 (not at all) to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument does not lie between 0 and 1.</exception>
    public RandomLoss(double probability, double correlation = 0)
    {
        Probability = Probabilities.Checked(probability);
        Correlation = Probabilities.Checked(correlation);
    }

    /// <summary>How probable the loss of a packet is.</summary>
    public double Probability { get; }

    /// <summary>How much a draw depends on the one before: <c>value*(1-rho) + last*rho</c>, as netem does it.</summary>
    /// <remarks>It narrows the distribution, so that rare losses become rarer still.</remarks>
    public double Correlation { get; }
}

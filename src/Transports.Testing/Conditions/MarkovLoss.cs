namespace Transports.Testing;

/// <summary>
/// Loss by a chain of four states (netem: <c>loss state p13 [p31 [p32 [p23 [p14]]]]</c>): 1 received, 2 received within
/// a burst, 3 lost within a burst, 4 lost alone.
/// </summary>
public sealed record MarkovLoss : LossModel
{
    /// <summary>Loss by a chain of four states.</summary>
    /// <param name="p13">From received to a burst of losses.</param>
    /// <param name="p31">Out of a burst; null stands for 1 - p13.</param>
    /// <param name="p32">From lost to received, within a burst.</param>
    /// <param name="p23">From received to lost, within a burst.</param>
    /// <param name="p14">From received to a single loss.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// An argument does not lie between 0 and 1, or p13 + p14 or p31 + p32 exceeds 1.
    /// </exception>
    public MarkovLoss(double p13, double? p31 = null, double p32 = 0, double p23 = 1, double p14 = 0)
    {
        P13 = Probabilities.Checked(p13);
        P31 = Probabilities.Checked(p31 ?? 1 - p13);
        P32 = Probabilities.Checked(p32);
        P23 = Probabilities.Checked(p23);
        P14 = Probabilities.Checked(p14);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(P13 + P14, 1 + Probabilities.Rounding, nameof(p14));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(P31 + P32, 1 + Probabilities.Rounding, nameof(p32));
    }

    /// <summary>From received to a burst of losses.</summary>
    public double P13 { get; }

    /// <summary>Out of a burst.</summary>
    public double P31 { get; }

    /// <summary>From lost to received, within a burst.</summary>
    public double P32 { get; }

    /// <summary>From received to lost, within a burst.</summary>
    public double P23 { get; }

    /// <summary>From received to a single loss.</summary>
    public double P14 { get; }
}

namespace Transports.Testing;

/// <summary>Which packets a link loses by chance. A number stands for independent loss: <c>Loss = 0.01</c>.</summary>
/// <remarks>Immutable; probabilities lie between 0 and 1.</remarks>
public abstract record LossModel
{
    private protected LossModel()
    {
    }

    /// <summary>Independent loss of that probability.</summary>
    public static implicit operator LossModel(double probability) => FromDouble(probability);

    /// <summary>Independent loss of that probability.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie between 0 and 1.</exception>
    public static LossModel FromDouble(double probability) => new RandomLoss(probability);
}

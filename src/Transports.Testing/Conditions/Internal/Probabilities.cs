using System.Runtime.CompilerServices;

namespace Transports.Testing;

internal static class Probabilities
{
    /// <summary>Sums of written percentages may miss 1 by this much.</summary>
    public const double Rounding = 1e-9;

    public static double Checked(double value, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "A probability lies between 0 and 1.");
}

namespace Transports.Testing;

/// <summary>Turns an even draw between 0 and 1 into a delay, by the inverse of the distribution.</summary>
/// <remarks>
/// netem reads these values from tables of 4096 entries that fit 16 bits with 8192 standing for one jitter: that is
/// where the bound of four comes from. Its pareto table has a mean a thirtieth of a jitter below the delay.
/// </remarks>
internal static class DelayQuantiles
{
    private const double Bound = 4;

    public static long DelayTicks(NetworkConditions conditions, double drawn)
    {
        var jitter = (double)conditions.Jitter.Ticks;
        var offset = conditions.Distribution switch
        {
            DelayDistribution.Normal => Normal(drawn),
            DelayDistribution.Pareto => Pareto(drawn),
            DelayDistribution.ParetoNormal => (Normal(drawn) + (3 * Pareto(drawn))) / 4,
            DelayDistribution.Exponential => -Math.Log(1 - drawn),
            DelayDistribution.TwoPeaked => drawn < conditions.SlowShare ? 1 : 0,
            _ => (2 * drawn) - 1,
        };
        return conditions.Delay.Ticks + (long)Math.Round(offset * jitter);
    }

    /// <summary>Pareto's distribution of shape 3, moved so that its mean of 1.5 stands at 0.</summary>
    private static double Pareto(double drawn) => Math.Min(Bound, ((1 / Math.Cbrt(1 - drawn)) - 1.5) * 4 / 3);

    /// <summary>The standard normal distribution, by Acklam's rational approximation (relative error 1e-9).</summary>
    private static double Normal(double drawn) => drawn switch
    {
        0 => -Bound,
        < 0.02425 => Math.Max(-Bound, NormalTail(drawn)),
        > 1 - 0.02425 => Math.Min(Bound, -NormalTail(1 - drawn)),
        _ => NormalCentre(drawn - 0.5),
    };

    private static double NormalTail(double drawn)
    {
        var q = Math.Sqrt(-2 * Math.Log(drawn));
        var above = (((((((((-7.784894002430293e-03 * q) - 3.223964580411365e-01) * q) - 2.400758277161838) * q)
            - 2.549732539343734) * q) + 4.374664141464968) * q) + 2.938163982698783;
        var below = (((((((7.784695709041462e-03 * q) + 3.224671290700398e-01) * q) + 2.445134137142996) * q)
            + 3.754408661907416) * q) + 1;
        return above / below;
    }

    private static double NormalCentre(double q)
    {
        var r = q * q;
        var above = (((((((((-3.969683028665376e+01 * r) + 2.209460984245205e+02) * r) - 2.759285104469687e+02) * r)
            + 1.383577518672690e+02) * r) - 3.066479806614716e+01) * r) + 2.506628277459239;
        var below = (((((((((-5.447609879822406e+01 * r) + 1.615858368580409e+02) * r) - 1.556989798598866e+02) * r)
            + 6.680131188771972e+01) * r) - 1.328068155288572e+01) * r) + 1;
        return above * q / below;
    }
}

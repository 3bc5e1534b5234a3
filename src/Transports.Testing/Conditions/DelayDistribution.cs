namespace Transports.Testing;

/// <summary>
/// How <see cref="NetworkConditions.Jitter"/> spreads packets around <see cref="NetworkConditions.Delay"/>.
/// </summary>
/// <remarks>The first four are netem's and give what its tables give; the others netem has no word for.</remarks>
public enum DelayDistribution
{
    /// <summary>Evenly between delay - jitter and delay + jitter.</summary>
    Uniform,

    /// <summary>The bell curve: delay is the mean, jitter the standard deviation.</summary>
    Normal,

    /// <summary>
    /// Long-tailed: most packets a little faster than the delay, few much slower (at most 4 jitters).
    /// </summary>
    Pareto,

    /// <summary>A quarter <see cref="Normal"/>, three quarters <see cref="Pareto"/>.</summary>
    ParetoNormal,

    /// <summary>
    /// Delay is the floor; on top of it an exponentially distributed time whose mean is the jitter.
    /// <see cref="NetworkConditions.MaxDelay"/> is the cap.
    /// </summary>
    Exponential,

    /// <summary>
    /// Nearly all packets take the delay; a share of <see cref="NetworkConditions.SlowShare"/> takes delay + jitter.
    /// </summary>
    TwoPeaked,
}

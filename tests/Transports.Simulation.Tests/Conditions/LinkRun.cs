using Transports.Testing;

namespace Transports.Simulation.Tests.Conditions;

/// <summary>Sends packets over a link model and keeps what became of each.</summary>
internal static class LinkRun
{
    public const int Packets = 100_000;
    public const int PayloadBytes = 1000;

    /// <summary>So far apart that packets of a slow link do not meet, unless a test wants them to.</summary>
    public static readonly TimeSpan Apart = TimeSpan.FromSeconds(10);

    public static Admission[] Run(
        string conditions, int packets = Packets, TimeSpan? apart = null, ulong seed = 4711, int headerBytes = 28) =>
        Run(NetworkConditions.Parse(conditions), packets, apart ?? Apart, seed, headerBytes);

    public static Admission[] Run(
        NetworkConditions conditions, int packets, TimeSpan apart, ulong seed = 4711, int headerBytes = 28)
    {
        var model = new LinkModel(seed, Substreams.LinkId("a", "b")) { Conditions = conditions };
        var fates = new Admission[packets];
        for (var i = 0; i < packets; i++)
        {
            fates[i] = model.Admit(i + 1, PayloadBytes, headerBytes, i * apart.Ticks);
        }

        return fates;
    }

    /// <summary>How long each original travelled, in milliseconds.</summary>
    public static double[] Delays(Admission[] fates, TimeSpan? apart = null) =>
    [
        .. fates.Select((fate, i) =>
            (fate.Original.DueTicks - (i * (apart ?? Apart).Ticks)) / (double)TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Asserts that a share lies within four standard errors of the probability that was set.</summary>
    public static void AssertShare(double probability, IEnumerable<bool> outcomes)
    {
        var all = outcomes.ToArray();
        var share = all.Count(outcome => outcome) / (double)all.Length;
        var error = Math.Sqrt(probability * (1 - probability) / all.Length);
        Assert.InRange(share, probability - (4 * error), probability + (4 * error));
    }

    /// <summary>Asserts that the mean lies within four standard errors, as the sample itself shows them.</summary>
    public static void AssertMean(double expected, double[] values)
    {
        var mean = values.Average();
        var error = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) / values.Length);
        Assert.InRange(mean, expected - (4 * error), expected + (4 * error));
    }

    public static double Spread(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}

namespace Transports.Load;

/// <summary>All slices of a scenario, and what the processes of its servers came to.</summary>
internal sealed record ScenarioResult(string Scenario, Machine Machine, Plan Plan)
{
    public DateTimeOffset At { get; init; } = TimeProvider.System.GetUtcNow();

    public List<Sample> Samples { get; init; } = [];

    public List<ProcessSample> Processes { get; init; } = [];

    public bool Has(string server, LoadShape shape) => Of(server, shape).Any();

    public long Lost(string server, LoadShape shape) => Of(server, shape).Sum(sample => sample.Slice.Lost);

    /// <summary>The median of a figure over all slices; NaN if there is none.</summary>
    public double Median(string server, LoadShape shape, Func<SliceResult, double> figure) => Statistics.Median(
        Of(server, shape).Select(sample => figure(sample.Slice)));

    /// <summary>The median of a figure over the rounds; NaN if there is none.</summary>
    public double Median(string server, Func<ProcessSample, double> figure) => Statistics.Median(
        Processes.Where(process => process.Server == server).Select(figure));

    /// <summary>The median of the ratios of two servers, each ratio from one turn; NaN if there is none.</summary>
    public double Ratio(string server, string against, LoadShape shape, Func<SliceResult, double> figure)
    {
        var others = Of(against, shape)
            .ToDictionary(sample => (sample.Round, sample.Turn), sample => figure(sample.Slice));
        return Statistics.Median(Of(server, shape)
            .Where(sample => others.ContainsKey((sample.Round, sample.Turn)))
            .Select(sample => figure(sample.Slice) / others[(sample.Round, sample.Turn)]));
    }

    private IEnumerable<Sample> Of(string server, LoadShape shape) =>
        Samples.Where(sample => sample.Server == server && sample.Shape == shape);
}

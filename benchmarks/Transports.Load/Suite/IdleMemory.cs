namespace Transports.Load;

/// <summary>What 10,000 connections cost a server that are idle after one message each.</summary>
internal sealed record IdleMemory(Machine Machine, Plan Plan)
{
    public const string Name = "idle";
    public const int Connections = 10_000;

    public static string[] Servers { get; } =
        [ServerKind.Library, ServerKind.Portable, ServerKind.Raw, ServerKind.Kestrel, ServerKind.C];

    public DateTimeOffset At { get; init; } = TimeProvider.System.GetUtcNow();

    public List<Sample> Samples { get; init; } = [];

    /// <summary>The median over the rounds; NaN if there is none.</summary>
    public double Median(string server, Func<Sample, double> figure) =>
        Statistics.Median(Samples.Where(sample => sample.Server == server).Select(figure));

    /// <summary>Bytes for each connection.</summary>
    /// <param name="Server">Whose.</param>
    /// <param name="Resident">Growth of its resident memory, as it was two seconds later.</param>
    /// <param name="ResidentCollected">The same when it had collected garbage and given back what it could.</param>
    /// <param name="Managed">Growth of the managed heap, garbage collected.</param>
    internal sealed record Sample(string Server, double Resident, double ResidentCollected, double Managed);
}

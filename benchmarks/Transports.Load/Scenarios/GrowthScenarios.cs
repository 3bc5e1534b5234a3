namespace Transports.Load;

/// <summary>How the cost of a message grows with connections, with messages in flight, and with their size.</summary>
internal static class GrowthScenarios
{
    private const int Connections = 16;
    private static readonly int[] ConnectionSteps = [1, 10, 100, 1000, 10_000];
    private static readonly int[] InFlightSteps = [1, 4, 16, 64, 256];
    private static readonly int[] SizeSteps = [16, 64, 256, 1024, 4096, 16 * 1024, 64 * 1024];
    private static readonly string[] Servers = [ServerKind.Library, ServerKind.Raw, ServerKind.C];

    public static IEnumerable<Scenario> All =>
    [
        .. ConnectionSteps.Select(connections => Growth(
            "connections", connections, ScenarioGroup.ConnectionGrowth, connections, 1, 32)),
        .. InFlightSteps.Select(inFlight => Growth(
            "inflight", inFlight, ScenarioGroup.InFlightGrowth, Connections, inFlight, 32)),
        .. SizeSteps.Select(size => Growth(
            "size", size, ScenarioGroup.SizeGrowth, Connections, 1, size)),
    ];

    private static Scenario Growth(
        string axis, int value, ScenarioGroup group, int connections, int inFlight, int size) =>
        new($"growth-{axis}-{value}", $"TCP {connections}×{inFlight}, {size} B", group)
        {
            Connections = connections,
            InFlight = inFlight,
            Size = size,
            Shapes = [LoadShape.Busy],
            Servers = Servers,
        };
}

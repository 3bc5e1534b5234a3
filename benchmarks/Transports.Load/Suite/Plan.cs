namespace Transports.Load;

/// <summary>How long and how often to measure.</summary>
internal sealed record Plan
{
    /// <summary>How often all servers are started afresh.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How often each server has its turn in a round.</summary>
    public int Turns { get; init; } = 2;

    /// <summary>Load before the first slice of a process: the code must have been optimised.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>Load before each slice: caches fill, threads wake.</summary>
    public TimeSpan Ramp { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan Slice { get; init; } = TimeSpan.FromMilliseconds(500);

    public CorePlan Cores { get; init; } = new(Server: 0, Client: 1);

    public static Plan Quick { get; } = new() { Rounds = 2, Turns = 3, Slice = TimeSpan.FromMilliseconds(300) };
}

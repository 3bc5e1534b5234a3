namespace Soak;

/// <summary>One thing that a client may do, from connecting to leaving.</summary>
internal sealed record Scenario(string Name, Func<Random, CancellationToken, Task> RunAsync)
{
    /// <summary>Longer than the longest time-out that a scenario waits for, drain included.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
}

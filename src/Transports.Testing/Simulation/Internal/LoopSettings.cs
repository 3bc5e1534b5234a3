namespace Transports.Testing;

/// <summary>How a loop runs.</summary>
/// <param name="IsAutomatic">Whether time moves by itself.</param>
/// <param name="StallTimeout">For how much real time nothing may happen before a wait is given up.</param>
/// <param name="MaxStepsWithoutProgress">How many steps may be taken without the test's code getting a turn.</param>
internal sealed record LoopSettings(bool IsAutomatic, TimeSpan StallTimeout, int MaxStepsWithoutProgress)
{
    /// <summary>Says who waits on what.</summary>
    public required Func<string> Report { get; init; }
}

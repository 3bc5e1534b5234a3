namespace LossyNetwork;

/// <summary>A reply has come.</summary>
/// <param name="Line">The line that it answers, from 1.</param>
/// <param name="After">How long after that line was sent, in virtual time.</param>
internal sealed record Arrival(int Line, TimeSpan After);

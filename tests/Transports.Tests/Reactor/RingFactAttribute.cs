namespace Transports.Tests.Reactor;

/// <summary>A fact about io_uring, which containers may forbid: the library then does without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RingFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> IsThere = new(() =>
    {
        using var ring = OperatingSystem.IsLinux() ? SendRing.TryCreate(1, out _) : null;
        return ring is not null;
    });

    public RingFactAttribute()
    {
        if (!IsThere.Value)
        {
            Skip = "There is no io_uring here.";
        }
    }
}

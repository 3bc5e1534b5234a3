namespace Transports.Tests.Reactor;

/// <summary>A fact about Linux's own system calls.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "The reactor driver needs Linux.";
        }
    }
}

namespace Transports.Tests.Reactor;

/// <summary>A theory about Linux's own system calls.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "This is about Linux.";
        }
    }
}

namespace Transports.Load.Tests;

/// <summary>The client calls Linux itself: elsewhere its tests are skipped.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "The load program runs on Linux only.";
        }
    }
}

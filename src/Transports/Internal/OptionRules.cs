namespace Transports;

/// <summary>The checks that options share; each adds one line that names the option and the value.</summary>
internal static class OptionRules
{
    public static void AtLeast(ICollection<string> faults, int value, int minimum, string name)
    {
        if (value < minimum)
        {
            faults.Add($"{name} must be at least {minimum}, but is {value}.");
        }
    }

    public static void Between(ICollection<string> faults, int value, int minimum, int maximum, string name)
    {
        if (value < minimum || value > maximum)
        {
            faults.Add($"{name} must be from {minimum} to {maximum}, but is {value}.");
        }
    }

    public static void Timeout(ICollection<string> faults, TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero && value != System.Threading.Timeout.InfiniteTimeSpan)
        {
            faults.Add($"{name} must not be negative (or be Timeout.InfiniteTimeSpan), but is {value}.");
        }
    }
}

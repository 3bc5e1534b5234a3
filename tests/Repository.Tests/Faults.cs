namespace Repository.Tests;

internal static class Faults
{
    /// <summary>Fails with every fault on a line of its own: a cut list would be worked off in rounds.</summary>
    public static void AssertNone<T>(IEnumerable<T> faults)
    {
        var lines = faults.Select(fault => fault!.ToString()).ToArray();
        Assert.True(lines.Length == 0, $"{lines.Length} faults:\n{string.Join("\n", lines)}");
    }
}

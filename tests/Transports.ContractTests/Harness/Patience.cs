using System.Diagnostics;

namespace Transports.ContractTests;

/// <summary>
/// The one time-out of the suite: how long a signal may take before the fact fails. Generous, since it is only ever
/// waited for in full by a fact that fails anyway.
/// </summary>
public static class Patience
{
    public static TimeSpan Limit { get; } =
        Debugger.IsAttached ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(30);

    public static Task Soon(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Limit);

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(Limit);

    /// <summary>Waits, by giving way, for what gives no signal: until <paramref name="condition"/> holds.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(Debugger.IsAttached || waited.Elapsed < Limit, $"Waited in vain for: {what}");
            await Task.Yield();
        }
    }
}

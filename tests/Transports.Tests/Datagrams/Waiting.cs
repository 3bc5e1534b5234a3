namespace Transports.Tests.Datagrams;

/// <summary>Waits for what must happen; the time-out is only for a defect, so it is generous.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task Soon(this Task task) => task.WaitAsync(Patience);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience);

    public static Task Soon(this ValueTask task) => task.AsTask().Soon();

    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().Soon();

    public static Task<T> Throws<T>(this ValueTask task)
        where T : Exception => Assert.ThrowsAsync<T>(() => task.AsTask().Soon());

    public static Task<T> Throws<T, TResult>(this ValueTask<TResult> task)
        where T : Exception => Assert.ThrowsAsync<T>(() => task.AsTask().Soon());
}

namespace Transports;

/// <summary>
/// How those that wait for this library are woken: on the thread pool, so that whoever wakes them need not wait for
/// what they do next. A simulated network instead runs everything on one thread, in an order that its seed decides: it
/// wakes them there and then, or in their turn.
/// </summary>
internal static class Continuations
{
    [ThreadStatic]
    private static Action<Action<object?>, object?>? _queue;

    /// <summary>Whether this thread wakes inline; only that of a simulated network does.</summary>
    public static bool AreInline => _queue is not null;

    /// <summary>For a <see cref="TaskCompletionSource"/> that is made on this thread.</summary>
    public static TaskCreationOptions Options =>
        AreInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>
    /// From now on this thread wakes inline; <paramref name="queue"/> takes what has to wait its turn.
    /// </summary>
    public static void RunInline(Action<Action<object?>, object?>? queue) => _queue = queue;

    /// <summary>Takes work that must not run here; false where there is only the thread pool for it.</summary>
    public static bool TryQueue(Action<object?> callback, object? state)
    {
        _queue?.Invoke(callback, state);
        return AreInline;
    }

    /// <summary>Cancels on the thread pool, or here.</summary>
    public static Task CancelAsync(CancellationTokenSource source)
    {
        if (!AreInline)
        {
            return source.CancelAsync();
        }

        source.Cancel();
        return Task.CompletedTask;
    }
}

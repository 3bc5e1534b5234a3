using Transports.Testing;

namespace Transports.Tests.Requests;

/// <summary>
/// Counts the timers that were ever made. How many are armed does not tell whether the next has been: one that has
/// done its work may still be among them.
/// </summary>
internal sealed class CountingTimeProvider(VirtualTimeProvider clock, int count) : TimeProvider
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _made;

    /// <summary>So many timers have been made.</summary>
    public Task Reached => _reached.Task.Soon();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = clock.CreateTimer(callback, state, dueTime, period);
        if (Interlocked.Increment(ref _made) == count)
        {
            _reached.SetResult();
        }

        return timer;
    }
}

using Transports.Testing;

namespace Transports.Tests.Streams;

/// <summary>A clock that goes on while its timers do not: what a process sees that was stopped for a while.</summary>
internal sealed class LateTimeProvider : TimeProvider
{
    private TimeSpan _stopped;

    public VirtualTimeProvider Clock { get; } = new();

    public override long TimestampFrequency => Clock.TimestampFrequency;

    /// <summary>Time passes, and no timer fires.</summary>
    public void StopFor(TimeSpan time) => _stopped += time;

    public override long GetTimestamp() => Clock.GetTimestamp() + _stopped.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        Clock.CreateTimer(callback, state, dueTime, period);
}
